"""Takes an element that a person writes, for a place where the schema lets any element stand."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from caiso_desktop.model.call import Problem
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.form.addition import OpenPlace
from caiso_desktop.model.form.fragment import Fragment, read_fragment
from caiso_desktop.model.markup import split
from caiso_desktop.model.payload import Payloads
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named
from caiso_desktop.ui.pause import pause
from caiso_desktop.ui.side_dialog import SideDialog

READ_AFTER_MS = 150
_LINES = 10


class OpenDialog(SideDialog):
    """Reads while one writes, the last answer counts; ``written`` carries the texts of the elements."""

    written = Signal(tuple)

    def __init__(self, place: OpenPlace, payloads: Payloads, jobs: Jobs, parent: QWidget) -> None:
        super().__init__("openElement", f"Add an element to {place.owner}", "Add", parent)
        self._place = place
        self._payloads = payloads
        self._jobs = jobs
        self._reading: CancelToken | None = None
        self._texts = 0
        self._found: Fragment | None = None
        self.text = named(QPlainTextEdit(), "openElementXml", "The element as XML")
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setPlaceholderText("<name>value</name>")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(self.text.fontMetrics().lineSpacing() * _LINES)
        self.form.addRow(self.text)
        self._pause = pause(self, READ_AFTER_MS, self._read)
        self.text.textChanged.connect(self._changed)
        self._changed()
        self.text.setFocus()

    def do(self) -> None:
        """Hand it on, and close."""
        if self._found is not None:
            self.written.emit(self._found.elements)
            self.close()

    def _changed(self) -> None:
        self._texts += 1  # what is being read was written before: it does not count any more
        if self._reading is not None:
            self._reading.cancel()
        self._found = None
        self.verb.setEnabled(False)
        self._pause.start()

    def _read(self) -> None:
        mine = self._texts

        def done(found: Fragment | Problem) -> None:
            if mine == self._texts:
                self._know(found)

        def failed(error: CaisoError) -> None:
            if mine == self._texts:
                self._not_read(error)

        # Not `toPlainText`, which makes other spaces of some.
        text = self.text.document().toRawText().replace("\u2029", "\n")
        self._reading = self._jobs.run(
            lambda token: read_fragment(text, self._place, self._payloads.outline),
            owner=self,
            done=done,
            failed=failed,
        )

    def _know(self, found: Fragment | Problem) -> None:
        if isinstance(found, Problem):
            tone = "error" if self.text.document().characterCount() > 1 else "info"
            self.say(f"Line {found.line}, column {found.column}: {found.sentence}" if tone == "error" else _HOW, tone)
            return
        self._found = found
        self.verb.setEnabled(True)
        doubt = found.doubt(self._place)
        names = ", ".join(split(name)[1] for name in found.names[:5])
        words = f"{len(found.names)} elements: {names}" if len(found.names) > 1 else f"One element: {names}"
        self.say(f"{doubt} It can be added all the same." if doubt else f"{words}.", "warning" if doubt else "success")

    def _not_read(self, error: CaisoError) -> None:
        self.tell(error)
        self.verb.setEnabled(False)


_HOW = "Any element may stand here. Prefixes that the payload declares above this place are known."
