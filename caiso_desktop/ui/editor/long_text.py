"""A plain text editor that takes a long text, also as a paste or an undo, without standing still."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QMimeData, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.undo import Edit
from caiso_desktop.ui.editor.filling import SLICE_LINES, Filling, slice_end
from caiso_desktop.ui.editor.position import units

REMOVED_LINES = 5 * SLICE_LINES
"""To take more lines away takes longer than to begin anew."""


_REMOVING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class LongTextEdit(QPlainTextEdit):
    """Whatever it is asked for is about the whole text, also while that is still being put in.

    What one types meanwhile waits until all is there, and so do a cursor that belongs behind the part that is there
    and what was asked for by `when_complete`. Another text makes all of them void.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = Filling(self)
        self._filling.ended.connect(self._completed)
        self._read: tuple[int, str] | None = None
        self._wanted: tuple[int, int] | None = None
        self._afterwards: list[Callable[[], None]] = []
        self._keys: list[QKeyEvent] = []

    @property
    def complete(self) -> bool:
        """Whether all of the text is in the document."""
        return not self._filling.under_way

    @property
    def revision(self) -> int:
        """Another number after each edit; what is put in behind the first slice of a text is none."""
        return self.document().revision() - self._filling.revisions

    @property
    def lines(self) -> int:
        """How many lines the whole text has."""
        return self.blockCount() + self._filling.lines

    def view(self) -> str:
        """The text with one line feed for each line end; keeps the spaces that `toPlainText` changes."""
        return self._filling.whole(self._there())

    def setPlainText(self, text: str) -> None:  # noqa: N802  # Qt's name
        """Show another text from its start."""
        self._keys.clear()
        self._begin(text)

    def clear(self) -> None:
        """Show nothing."""
        self.setPlainText("")

    def become(self, view: str) -> None:
        """Show another view by changing only what differs; the cursor goes there."""
        edit = Edit.between(self._there(), view)
        end = edit.at + len(edit.inserted)
        if edit.removed.count("\n") > REMOVED_LINES:
            self._begin(view)
        else:
            self._forget()
            self._splice(edit)
        self._wanted = (end, end)
        if not self._filling.under_way:
            self._completed()

    def caret(self) -> tuple[int, int]:
        """Where the cursor is and where its selection began, in characters of the view."""
        if self._wanted is not None:
            return self._wanted
        cursor, text = self.textCursor(), self._there()
        return self._filling.whole_place(text, cursor.position()), self._filling.whole_place(text, cursor.anchor())

    def set_caret(self, caret: int, anchor: int) -> None:
        """Put the cursor somewhere; what lies behind the end is the end."""
        self._wanted = None
        view = self.view()
        first, last = units(view[:anchor]), units(view[:caret])
        if not self._filling.reaches(max(first, last)):
            self._wanted = (caret, anchor)
            return
        cursor = self.textCursor()
        cursor.setPosition(first)
        cursor.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def selectAll(self) -> None:  # noqa: N802  # Qt's name
        """Select the whole text."""
        self.when_complete(super().selectAll)

    def when_complete(self, do: Callable[[], None]) -> None:
        """Do this now, or when all of the text is there."""
        if self._filling.under_way:
            self._afterwards.append(do)
        else:
            do()

    def with_put_in(self, text: str) -> str:
        """The view as it would be with a text in place of the selection."""
        view, (caret, anchor) = self.view(), self.caret()
        return view[: min(caret, anchor)] + text + view[max(caret, anchor) :]

    def keep_back(self, event: QKeyEvent) -> bool:
        """Whether a key has to wait because what it does may be about the whole text; it comes again then."""
        if self._filling.under_way:
            self._keys.append(copied(event))
            return True
        return False

    def selected(self) -> str:
        """The selected part of the view."""
        return self.textCursor().selectedText().replace("\u2029", "\n")

    def copy(self) -> None:
        """Copy what is selected: text with every character as it is, and nothing else.

        Qt makes the data itself: what Python makes would lie on the clipboard until after Python has ended.
        """
        text = self.selected()
        if text:
            QGuiApplication.clipboard().setText(text)

    def cut(self) -> None:
        """Copy what is selected, and take it away."""
        self.copy()
        self.remove_selected()

    def remove_selected(self) -> None:
        """Take away what is selected."""
        cursor, find = self.textCursor(), self.document().findBlock
        lines = find(cursor.selectionEnd()).blockNumber() - find(cursor.selectionStart()).blockNumber()
        if lines > REMOVED_LINES:
            start = min(self.caret())
            self.become(self.with_put_in(""))
            self.set_caret(start, start)
        else:
            cursor.removeSelectedText()
        self.ensureCursorVisible()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt: to copy, cut and remove is ours, as Qt takes long about a long text."""
        if self.keep_back(event):
            return
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Cut) and not self.isReadOnly():
            self.cut()
        elif event.key() in _REMOVING and self.textCursor().hasSelection() and not self.isReadOnly():
            self.remove_selected()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802  # Qt calls it
        """Called by Qt: a paste or a drop."""
        text = Draft(source.text()).view()
        if slice_end(text) < len(text):
            behind = min(self.caret()) + len(text)
            self.become(self.with_put_in(text))
            self.set_caret(behind, behind)
        else:
            super().insertFromMimeData(source)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Called by Qt, which lays every line out anew for another width; but only a wrapped line depends on it."""
        if self.lineWrapMode() is self.LineWrapMode.NoWrap:
            event = QResizeEvent(event.size(), QSize(event.size().width(), event.oldSize().height()))
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Called by Qt: the cursor goes where one clicks, whatever it waited for."""
        self._wanted = None
        super().mousePressEvent(event)

    def _there(self) -> str:
        """What of the view the document holds already; remembered, as Qt takes its time to put it together."""
        revision = self.document().revision()
        if self._read is None or self._read[0] != revision:
            self._read = (revision, self.document().toRawText().replace("\u2029", "\n"))
        return self._read[1]

    def _begin(self, text: str) -> None:
        self._forget()
        first = slice_end(text)
        show = super().setPlainText
        self._filling.begin(units(text[:first]), text[first:], lambda: show(text[:first]))

    def _splice(self, edit: Edit) -> None:
        start, first = units(self._there()[: edit.at]), slice_end(edit.inserted)
        now, later = edit.inserted[:first], edit.inserted[first:]
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(start + units(edit.removed), QTextCursor.MoveMode.KeepAnchor)
        self._filling.begin(start + units(now), later, lambda: cursor.insertText(now))

    def _forget(self) -> None:
        self._filling.stop()
        self._wanted = None
        self._afterwards.clear()

    def _completed(self) -> None:
        if self._wanted is not None:
            self.set_caret(*self._wanted)
            self.ensureCursorVisible()
        while self._afterwards and not self._filling.under_way:
            self._afterwards.pop(0)()
        while self._keys and not self._filling.under_way:
            QCoreApplication.sendEvent(self, self._keys.pop(0))


def copied(event: QKeyEvent) -> QKeyEvent:
    """A key event of our own: Qt's lives as long as it is delivered, and nobody would own what it clones."""
    return QKeyEvent(
        event.type(),
        event.key(),
        event.modifiers(),
        event.nativeScanCode(),
        event.nativeVirtualKey(),
        event.nativeModifiers(),
        event.text(),
        event.isAutoRepeat(),
        event.count(),
    )
