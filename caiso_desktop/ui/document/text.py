"""A document of any size as text: read-only, searchable, at once on the screen."""

import time
from array import array
from bisect import bisect_left
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QVBoxLayout, QWidget

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, StorageError
from caiso_desktop.ui.document.action import view_action
from caiso_desktop.ui.document.block_index import BlockIndex, HexIndex, open_lines
from caiso_desktop.ui.document.find_bar import FindBar
from caiso_desktop.ui.document.text_area import TextArea
from caiso_desktop.ui.jobs import Jobs

COPIED = 8_000_000
"""Bytes that are copied at most: more than that stops other programs when it is pasted."""
COUNTED = 10_000
"""Matches that are counted at most."""
_PATIENCE = 0.3


class DocumentText(QWidget):
    """Shows a file as text. Lines are found in a worker, and can be read, scrolled and selected meanwhile."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._lines: BlockIndex | HexIndex | None = None
        self._building = CancelToken()
        self._finding = CancelToken()
        self._matches = array("Q")
        self._goal: tuple[str, int, bool] | None = None
        self._begun = 0.0
        self._note = QLabel()
        self._note.setObjectName("documentNote")
        self._note.setProperty("tone", "muted")
        self._note.setContentsMargins(8, 2, 8, 2)
        self._note.setWordWrap(True)
        self._note.hide()
        self._area = TextArea()
        self._find = FindBar("Find, or :number for a line")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self._find, self._note, self._area):
            layout.addWidget(widget)
        self.setFocusProxy(self._area)
        self._area.copy_asked.connect(self.copy)
        self._area.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._area.customContextMenuRequested.connect(self._show_menu)
        self._find.changed.connect(self._wanted_changed)
        self._find.asked.connect(lambda back: self.find_next(backward=back))
        self._find.left.connect(self._leave_find)
        self._actions = (
            view_action(self, "Copy", QKeySequence.StandardKey.Copy, self.copy, shortcut=False),
            view_action(self, "Select all", QKeySequence.StandardKey.SelectAll, self._area.select_all, shortcut=False),
            view_action(self, "Find…", QKeySequence.StandardKey.Find, self._begin_find),
            view_action(self, "Find next", QKeySequence.StandardKey.FindNext, self.find_next),
            view_action(self, "Find previous", QKeySequence.StandardKey.FindPrevious, self._find_previous),
            view_action(self, "Go to line…", QKeySequence("Ctrl+G"), lambda: self._find.type(":")),
        )

    @property
    def area(self) -> TextArea:
        """The view itself."""
        return self._area

    @property
    def note(self) -> str:
        """What stands above the text; empty when nothing does."""
        return self._note.text()

    @property
    def complete(self) -> bool:
        """Whether every line of the document has been found."""
        return self._lines is not None and self._lines.complete

    def open(self, path: Path) -> None:
        """Show a file; where it cannot be read, the sentence that says so."""
        self.clear("")
        try:
            lines = open_lines(path)
        except StorageError as error:
            self._area.show_message(str(error))
            return
        self._lines = lines
        self._begun = time.monotonic()
        xml = isinstance(lines, BlockIndex) and lines.line(0).text.lstrip().startswith("<")
        self._area.show_lines(lines, xml=xml)
        self._say(lines.note)
        if lines.complete:
            return
        report = self._jobs.relay(self._grown, owner=self)
        self._building = self._jobs.run(
            lambda token: lines.build(token, report),
            owner=self,
            done=lambda _: self._built(lines),
            failed=self._failed,
            long=True,
        )

    def clear(self, message: str) -> None:
        """Let go of the file and show a sentence instead."""
        self._building.cancel()
        self._finding.cancel()
        self._matches, self._goal = array("Q"), None
        if self._lines is not None:
            self._lines.close()
            self._lines = None
        self._find.forget()
        self._say("")
        self._area.show_message(message)

    def copy(self) -> None:
        """Put what is selected on the clipboard, up to a bound; say so when it was cut."""
        if self._lines is None or self._area.selection.empty:
            return
        first, last = self._area.selection.first, self._area.selection.last
        start, end = self._lines.offset(*first), self._lines.offset(*last, after=True)
        text, cut = self._lines.text(start, end, COPIED)
        QGuiApplication.clipboard().setText(text)
        self._say("The selection is too long: its first 8 MB were copied. Save the answer to have all." if cut else "")

    def find_next(self, *, backward: bool = False) -> None:
        """Select the next (or previous) place where the wanted text is."""
        wanted = self._find.wanted
        if self._lines is None or not wanted:
            self._begin_find()
        elif wanted.startswith(":"):
            self._go_to_line(wanted)
        else:
            selection = self._area.selection
            edge = selection.first if backward or selection.empty else selection.last
            self._look_for(wanted, self._lines.offset(*edge), backward=backward)

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions(self._actions)
        self._actions[0].setEnabled(not self._area.selection.empty)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._area.viewport().mapToGlobal(place))

    def _say(self, words: str) -> None:
        self._note.setText(words)
        self._note.setVisible(bool(words))

    def _grown(self, far: float) -> None:
        self._area.grown()
        if far < 1 and time.monotonic() - self._begun > _PATIENCE:
            self._say(f"Looking for lines: {far:.0%}")

    def _built(self, lines: BlockIndex | HexIndex) -> None:
        if lines is not self._lines:
            return
        self._say(lines.note)
        self._area.grown()
        if self._goal is not None:
            wanted, offset, backward = self._goal
            self._look_for(wanted, offset, backward=backward)

    def _failed(self, error: CaisoError) -> None:
        if not self._building.cancelled:
            self._say(str(error))

    # Finding.

    def _begin_find(self) -> None:
        self._find.begin(self._area.selected_word())

    def _find_previous(self) -> None:
        self.find_next(backward=True)

    def _leave_find(self) -> None:
        self._finding.cancel()
        self._area.mark("")
        self._area.setFocus()

    def _wanted_changed(self, wanted: str) -> None:
        self._finding.cancel()
        self._matches = array("Q")
        self._find.say("")
        line = wanted.startswith(":")
        self._area.mark("" if line else wanted)
        if line:
            self._go_to_line(wanted)
        elif wanted and self._lines is not None:
            self._look_for(wanted, self._lines.offset(*self._area.selection.first), backward=False)

    def go_to(self, line: int) -> None:
        """Show a line, counted from 1."""
        self._go_to_line(f":{line}")

    def _go_to_line(self, wanted: str) -> None:
        number = wanted[1:].strip()
        if self._lines is None or not number.isdecimal() or not self._lines.count:
            return
        line = max(1, min(int(number), self._lines.count))
        self._find.say(f"Line {line:,} of {self._lines.count:,}")
        self._area.select((line - 1, 0), (line - 1, 0))

    def _look_for(self, wanted: str, offset: int, *, backward: bool) -> None:
        """Search in a worker: from ``offset`` to the end, then from the other end; and count, the first time."""
        lines = self._lines
        if lines is None:
            return
        self._finding.cancel()
        if not lines.complete:
            self._goal = (wanted, offset, backward)
            self._find.say("Searching…")
            return
        self._goal = None
        counted = self._matches

        def task(token: CancelToken) -> tuple[int | None, "array[int]", bool]:
            found = lines.find(wanted, offset, token, backward=backward)
            wrapped = found is None
            if wrapped:
                found = lines.find(wanted, 1 << 62 if backward else 0, token, backward=backward)
            return found, counted or lines.find_all(wanted, COUNTED + 1, token), wrapped

        token = self._jobs.run(
            task,
            owner=self,
            done=lambda result: None if token.cancelled else self._found(wanted, *result),
            failed=lambda error: None if token.cancelled else self._find.say(str(error), wrong=True),
            long=True,
        )
        self._finding = token

    def _found(self, wanted: str, offset: int | None, matches: "array[int]", wrapped: bool) -> None:  # noqa: FBT001
        self._matches = matches
        if self._lines is None or offset is None:
            self._find.say("Not found", wrong=True)
            return
        number, column = self._lines.place(offset)
        shown = self._lines.line(number).text[column : column + len(wanted)]
        # In a stand-in for a long text there is nothing to select but its begin.
        length = len(wanted) if shown.lower() == wanted.lower() else 1
        self._area.select((number, column), (number, column + length))
        index = bisect_left(matches, offset)
        many = f"{COUNTED:,}+" if len(matches) > COUNTED else f"{len(matches):,}"
        known = index < len(matches) and matches[index] == offset
        words = f"{index + 1:,} of {many}" if known else f"One of {many}"
        self._find.say(f"{words}, from the other end" if wrapped and len(matches) > 1 else words)
