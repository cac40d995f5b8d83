"""One host of an examination: what will be done there, then what was found, step by step."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from caiso_desktop.model.call import Call
from caiso_desktop.model.doctor import STEPS, Finding, Place, Step, Verdict
from caiso_desktop.model.sentence import begun
from caiso_desktop.model.source import bytes_of
from caiso_desktop.ui.doctor.step_row import PICTURES, StepRow
from caiso_desktop.ui.icon import Symbol, Tone, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.picture import Picture

_GRAVITY = (Verdict.FAILED, Verdict.WARNING)


class PlaceCard(QFrame):
    """Without a place it is about this computer."""

    def __init__(self, place: Place | None, owner: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = "This computer" if place is None else f"{place.host}, port {place.port}"
        named(self, "placeCard" if place is None else f"placeCard-{place.name}", title)
        self._steps = (Step.KEY,) if place is None else STEPS
        self._rows: dict[Step, StepRow] = {}
        self._found: list[Verdict] = []
        self._picture = Picture(Symbol.SERVER if place is not None else Symbol.KEY, Tone.MUTED)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._picture)
        head.addWidget(styled(QLabel(title), title=True))
        about = styled(QLabel(_about(place, owner)), tone="muted")
        about.setWordWrap(True)
        head.addWidget(about, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 8, 0, 8)
        self._column.setSpacing(2)
        self._column.addLayout(head)
        if place is not None:
            self._add_intention(place, owner)

    @property
    def text(self) -> str:
        """All that is said of the steps."""
        return "\n".join(row.accessibleName() for row in self._rows.values())

    def begin(self) -> None:
        """Show that the first step is under way."""
        self._add_row()

    def show_finding(self, finding: Finding) -> None:
        """Show what a step found, and that the next is under way."""
        row = self._rows.get(finding.step) or self._add_row()
        row.show_finding(finding)
        self._found.append(finding.verdict)
        if len(self._rows) < len(self._steps):
            self._add_row()
        else:
            gravest = next((each for each in _GRAVITY if each in self._found), Verdict.OK)
            self._picture.show_icon(*PICTURES[gravest])

    def _add_row(self) -> StepRow:
        step = self._steps[len(self._rows)]
        row = self._rows[step] = StepRow(step)
        self._column.addWidget(row)
        return row

    def _add_intention(self, place: Place, owner: str) -> None:
        """Say which call will be made, before it is."""
        call = place.retrieve
        said = f"{begun(place.intention)}."
        if call is not None:
            said = f"As {owner}: {place.intention}. A retrieve changes nothing there."
        words = styled(QLabel(said), tone="muted")
        words.setWordWrap(True)
        line = QHBoxLayout()
        line.setContentsMargins(26, 0, 0, 0)
        line.addWidget(words, 1)
        self._column.addLayout(line)
        if call is not None:
            self._add_payload(line, call, place)

    def _add_payload(self, line: QHBoxLayout, call: Call, place: Place) -> None:
        text = named(
            QPlainTextEdit(bytes_of(call.payload).decode()), "retrievePayload", f"What is asked of {place.host}"
        )
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        text.setFixedHeight(140)
        text.hide()
        show = named(QToolButton(), "showPayloadButton", f"Show what is asked of {place.host}")
        styled(show, quiet=True)
        show.setText("What is asked")
        show.setIcon(icon(Symbol.XML))
        show.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        show.setCheckable(True)
        show.toggled.connect(text.setVisible)
        line.addWidget(show, 0, Qt.AlignmentFlag.AlignTop)
        self._column.addWidget(text)


def _about(place: Place | None, owner: str) -> str:
    return f"The key of {owner}" if place is None else ", ".join(place.applications)
