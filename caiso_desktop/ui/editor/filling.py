"""Puts a long text into an editor a slice at a time, so that the window answers meanwhile."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from caiso_desktop.ui.editor.position import characters, moved, units

SLICE = 50_000
"""So many characters are put in before the window is looked after again: about 6 ms of work."""

SLICE_LINES = 4_000
"""And at most so many lines: a line costs Qt as much as 12 characters."""


def slice_end(text: str, start: int = 0) -> int:
    """Where the slice of a text that begins at ``start`` ends."""
    end = min(len(text), start + SLICE)
    if text.count("\n", start, end) <= SLICE_LINES:
        return end
    at = start
    for _ in range(SLICE_LINES):
        at = text.index("\n", at) + 1
    return at


class Filling(QObject):
    """Knows what of a text is still to come, and where in the document it belongs.

    The place moves with what is edited meanwhile. The editor tells nobody of the slices: for whoever asks it for its
    text, all of it was there from the start.
    """

    ended = Signal()

    def __init__(self, editor: QPlainTextEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        self._place = 0
        self._text = ""
        self._from = 0
        self._putting = False
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)
        editor.document().contentsChange.connect(self._follow)
        self.revisions = 0
        """How many of the document's revisions are slices, and so nobody's edits."""

    @property
    def under_way(self) -> bool:
        """Whether something is still to come."""
        return self._from < len(self._text)

    @property
    def lines(self) -> int:
        """How many line ends are still to come."""
        return self._text.count("\n", self._from)

    def begin(self, place: int, text: str, put_first: Callable[[], object]) -> None:
        """From now on a text is to come at a place that is there after ``put_first``, and nothing else."""
        self.stop()
        if text:
            self._place, self._text = place, text
            self._timer.start()
        self._put(put_first)

    def stop(self) -> None:
        """Let nothing come any more; ``ended`` is for what came to its end."""
        self._timer.stop()
        self._text, self._from = "", 0

    def whole(self, text: str) -> str:
        """A text of the document with what is still to come in its place."""
        if not self.under_way:
            return text
        at = characters(text, self._place)
        return text[:at] + self._text[self._from :] + text[at:]

    def whole_place(self, text: str, position: int) -> int:
        """Where a position of the document, in UTF-16 units, lies in the whole text, in characters."""
        behind = self.under_way and position > self._place
        return characters(text, position) + (len(self._text) - self._from if behind else 0)

    def reaches(self, position: int) -> bool:
        """Whether a position of the whole text, in UTF-16 units, is there already, at the same place."""
        return not self.under_way or position < self._place

    def _go_on(self) -> None:
        document = self._editor.document()
        end, before = slice_end(self._text, self._from), document.revision()
        piece = self._text[self._from : end]
        cursor = QTextCursor(document)
        cursor.setPosition(self._place)
        self._from, self._place = end, self._place + units(piece)
        with QSignalBlocker(self._editor):
            self._put(lambda: cursor.insertText(piece))
        self.revisions += document.revision() - before
        if not self.under_way:
            self.stop()
            self.ended.emit()

    def _put(self, put: Callable[[], object]) -> None:
        self._putting = True
        try:
            put()
        finally:
            self._putting = False

    def _follow(self, position: int, removed: int, added: int) -> None:
        if not self._putting:
            self._place = moved(self._place, position, removed, added)
