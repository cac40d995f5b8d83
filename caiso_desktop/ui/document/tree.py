"""A document of any size as a tree of its elements."""

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHeaderView, QLabel, QMenu, QStackedWidget, QTreeView, QVBoxLayout, QWidget

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, StorageError
from caiso_desktop.ui.document.action import view_action
from caiso_desktop.ui.document.find_bar import FindBar
from caiso_desktop.ui.document.source import find_backward, find_forward
from caiso_desktop.ui.document.tree_index import TreeIndex
from caiso_desktop.ui.document.tree_model import TreeModel
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.palette import tokens_of

OPENED = 2_000
"""Rows that are opened at most at once."""
_OPENED_AT_FIRST = 60
_TAG_LENGTH = 1 << 12


class ElementView(QTreeView):
    """A tree view that leaves to others what is copied."""

    copy_asked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, or what every tree does."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
        else:
            super().keyPressEvent(event)

    def lay_out(self) -> None:
        """Lay out new rows and paint them now, not when Qt comes to it."""
        self.executeDelayedItemsLayout()
        self.viewport().repaint()


class _Pause:
    """Has a worker wait while what it reported is laid out: each row asks Python, and would wait for the worker."""

    _SECONDS = 0.2

    def __init__(self) -> None:
        self.taken = threading.Event()

    def until_taken(self, report: Callable[[float], None], far: float) -> None:
        """Report, and wait until that was shown; not for long, for the window may have other things to do."""
        self.taken.clear()
        report(far)
        self.taken.wait(self._SECONDS)


class DocumentTree(QWidget):
    """Shows a file as a tree that grows while a worker reads it. Records of a big one are read when they are seen."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._document: TreeIndex | None = None
        self._building = CancelToken()
        self._finding = CancelToken()
        self._last_found: int | None = None
        self._model = TreeModel(tokens_of(self.palette()), self)
        self._view = _view(self._model)
        self._message = QLabel()
        self._message.setObjectName("treeMessage")
        self._message.setProperty("tone", "muted")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setMargin(24)
        self._note = QLabel()
        self._note.setObjectName("documentNote")
        self._note.setProperty("banner", "warning")
        self._note.setWordWrap(True)
        self._note.hide()
        self._find = FindBar("Find in names, attributes and values")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._message)
        self._stack.addWidget(self._view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self._find, self._note, self._stack):
            layout.addWidget(widget)
        self.setFocusProxy(self._view)
        self._find.changed.connect(lambda wanted: self._look_for(wanted, from_here=True))
        self._find.asked.connect(lambda back: self.find_next(backward=back))
        self._find.left.connect(self._leave_find)
        self._view.copy_asked.connect(self.copy_value)
        self._view.customContextMenuRequested.connect(self._show_menu)
        standard = QKeySequence.StandardKey
        self._actions = (
            view_action(self, "Copy value", standard.Copy, self.copy_value, shortcut=False),
            view_action(self, "Copy path", "Ctrl+Shift+C", self.copy_path),
            view_action(self, "Expand everything below", "Ctrl+Shift+E", self.expand_below),
            view_action(self, "Collapse all", "Ctrl+Shift+W", self._view.collapseAll),
            view_action(self, "Find…", standard.Find, self._find.begin),
            view_action(self, "Find next", standard.FindNext, self.find_next),
            view_action(self, "Find previous", standard.FindPrevious, self._find_previous),
        )

    @property
    def view(self) -> QTreeView:
        """The view itself."""
        return self._view

    @property
    def message(self) -> str:
        """The sentence that stands above the tree, or instead of it."""
        return self._note.text() or self._message.text()

    @property
    def complete(self) -> bool:
        """Whether all of the document has been read."""
        return self._document is not None and self._document.complete

    def open(self, path: Path) -> None:
        """Show a file; where it cannot be read, the sentence that says so."""
        self.clear("")
        try:
            document = TreeIndex(path)
        except StorageError as error:
            self.clear(str(error))
            return
        self._document = document
        pause = _Pause()
        report = self._jobs.relay(lambda _: self._take(document, pause), owner=self)
        self._building = self._jobs.run(
            lambda token: document.build(token, lambda far: pause.until_taken(report, far)),
            owner=self,
            done=lambda _: self._built(document),
            failed=lambda error: self._failed(document, error),
            long=True,
        )

    def clear(self, message: str) -> None:
        """Let go of the file and show a sentence instead."""
        self._building.cancel()
        self._finding.cancel()
        self._model.clear()
        if self._document is not None:
            self._document.close()
            self._document = None
        self._last_found = None
        self._find.forget()
        self._say("")
        self._message.setText(message)
        self._stack.setCurrentWidget(self._message)

    def copy_value(self) -> None:
        """Put the current row's text on the clipboard; of an element without text, its attributes or its name."""
        row, rows = self._model.row(self._view.currentIndex()), self._model.rows
        if row is not None and rows is not None:
            values = [rows.value(row), rows.attributes(row), rows.name(row)]
            chosen = values[self._view.currentIndex().column() - 1] if self._view.currentIndex().column() else ""
            QGuiApplication.clipboard().setText(chosen or next(value for value in values if value))

    def copy_path(self) -> None:
        """Put the current row's path on the clipboard."""
        row, rows = self._model.row(self._view.currentIndex()), self._model.rows
        if row is not None and rows is not None:
            QGuiApplication.clipboard().setText(rows.path(row))

    def expand_below(self) -> None:
        """Open everything in the current row (or in the document), up to a bound; say so when there is more."""
        start = self._view.currentIndex()
        if not self._expand(start.siblingAtColumn(0) if start.isValid() else self._model.index(0, 0), OPENED):
            self._say(f"The first {OPENED:,} rows are open; there are more.", tone="info")

    def find_next(self, *, backward: bool = False) -> None:
        """Go to the next (or previous) element in whose tag or text the wanted text is."""
        if self._find.wanted:
            self._look_for(self._find.wanted, backward=backward)
        else:
            self._find.begin()

    def changeEvent(self, event: QEvent) -> None:
        """Other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._model.set_tokens(tokens_of(self.palette()))
            self._view.viewport().update()

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions(self._actions)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._view.viewport().mapToGlobal(place))

    def _say(self, words: str, *, tone: str = "warning") -> None:
        self._note.setText(words)
        self._note.setProperty("banner", tone)
        self._note.style().polish(self._note)
        self._note.setVisible(bool(words))

    def _take(self, document: TreeIndex, pause: "_Pause") -> None:
        self._grown(document)
        self._view.lay_out()
        pause.taken.set()

    def _grown(self, document: TreeIndex) -> None:
        if document is not self._document:
            return
        if self._model.catch_up(document):
            self._stack.setCurrentWidget(self._view)
            root = self._model.index(0, 0)
            self._view.setCurrentIndex(root)
            self._expand(root, _OPENED_AT_FIRST)

    def _built(self, document: TreeIndex) -> None:
        if document is not self._document:
            return
        self._grown(document)
        if document.root is None:
            self._model.clear()
            self._message.setText(document.problem or "The document is empty.")
            self._stack.setCurrentWidget(self._message)
        elif document.problem:
            self._say(document.problem)

    def _failed(self, document: TreeIndex, error: CaisoError) -> None:
        if document is self._document:
            self._say(str(error), tone="error")

    def _expand(self, start: QModelIndex, most: int) -> bool:
        """Open what is below a row, level by level; returns whether everything could be opened."""
        waiting, rows = [start], 1
        for index in waiting:
            if not self._model.hasChildren(index):
                continue
            self._model.fetchMore(index)
            count = self._model.rowCount(index)
            if rows + count > most and rows > 1:
                return False
            rows += count
            self._view.expand(index)
            if rows > most:
                return False
            waiting.extend(self._model.index(number, 0, index) for number in range(count))
        return True

    # Finding.

    def _find_previous(self) -> None:
        self.find_next(backward=True)

    def _leave_find(self) -> None:
        self._finding.cancel()
        self._view.setFocus()

    def _look_for(self, wanted: str, *, backward: bool = False, from_here: bool = False) -> None:
        """Search the file in a worker, then open what leads to the element that holds the place."""
        self._finding.cancel()
        self._find.say("")
        document, rows = self._document, self._model.rows
        current = self._model.row(self._view.currentIndex())
        if document is None or rows is None or not wanted:
            return
        here = rows.start(current) if current is not None else 0
        if not from_here and self._last_found is not None and not backward:
            here = max(here, self._last_found + 1)
        token = self._jobs.run(
            lambda token: _find(document, wanted, here, token, backward=backward),
            owner=self,
            done=lambda found: None if token.cancelled else self._found(found, wanted, backward=backward),
            failed=lambda error: None if token.cancelled else self._find.say(str(error), wrong=True),
            long=True,
        )
        self._finding = token

    def _found(self, found: tuple[int, bool] | None, wanted: str, *, backward: bool) -> None:
        if found is None:
            self._last_found = None
            self._find.say("Not found", wrong=True)
            return
        offset, wrapped = found
        place = self._model.at(offset)
        again = place == self._view.currentIndex().siblingAtColumn(0) and self._last_found is not None
        further = self._last_found is not None and offset > self._last_found
        self._last_found = offset
        if again and further and not backward and not wrapped:
            # Another match in the same row: whoever presses Enter wants the next row.
            self._look_for(wanted)
            return
        self._view.setCurrentIndex(place)
        self._view.scrollTo(place, QTreeView.ScrollHint.PositionAtCenter)
        self._find.say("Went on from the other end" if wrapped else "")


def _find(
    document: TreeIndex, wanted: str, start: int, token: CancelToken, *, backward: bool
) -> tuple[int, bool] | None:
    """The next place of a text that is not in a closing tag, and whether it was found from the other end."""
    try:
        data = wanted.encode(document.kind.encoding)
    except UnicodeEncodeError:
        return None
    source = document.source
    for wrapped, first in ((False, start), (True, source.size if backward else 0)):
        place: int | None = first
        while place is not None and not token.cancelled:
            place = (find_backward if backward else find_forward)(source, data, place, token)
            if place is None:
                break
            before = source.read(max(0, place - _TAG_LENGTH), min(place, _TAG_LENGTH) + len("</".encode("utf-16")))
            tag = before[: min(place, _TAG_LENGTH)].replace(b"\0", b"")
            if not tag.endswith(b"</") and tag.rfind(b"</") <= tag.rfind(b">"):
                return place, wrapped
            place = place if backward else place + 1
    return None


def _view(model: TreeModel) -> ElementView:
    view = ElementView()
    view.setObjectName("documentTreeView")
    view.setAccessibleName("Elements of the document")
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setModel(model)
    # Without it the view asks every row for its height, which would read every record.
    view.setUniformRowHeights(True)
    view.setAlternatingRowColors(True)
    view.setSelectionMode(QTreeView.SelectionMode.SingleSelection)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    view.setAnimated(False)
    header = view.header()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    header.setStretchLastSection(True)
    header.resizeSection(0, 300)
    header.resizeSection(1, 320)
    return view
