"""One step of an examination: how it ended, what was found, what to do, how long it took."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QToolButton, QWidget

from caiso_desktop.model.doctor import Finding, Step, Verdict
from caiso_desktop.ui.icon import Symbol, Tone, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.phrase import duration_words
from caiso_desktop.ui.picture import Picture

PICTURES = {
    Verdict.OK: (Symbol.SUCCESS, Tone.SUCCESS),
    Verdict.WARNING: (Symbol.WARNING, Tone.WARNING),
    Verdict.FAILED: (Symbol.ERROR, Tone.ERROR),
    Verdict.NOT_REACHED: (Symbol.REMOVE, Tone.MUTED),
    Verdict.SKIPPED: (Symbol.REMOVE, Tone.MUTED),
}
_STEP_WIDTH = 172
_TIME_WIDTH = 64
_MORE_WIDTH = 24
_TONES = {Verdict.OK: "", Verdict.WARNING: "warning", Verdict.FAILED: "error"}


class StepRow(QFrame):
    """Shows that a step is under way until it is told what was found."""

    def __init__(self, step: Step, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, f"step-{step}", f"{step.heading}: under way")
        self._step = step
        self._picture = Picture(Symbol.WAITING, Tone.MUTED, size=16)
        self._sentence = _words("Under way…", tone="muted")
        self._time = styled(QLabel(), tone="muted")
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._time.setFixedWidth(_TIME_WIDTH)
        heading = styled(QLabel(step.heading), title=True)
        heading.setFixedWidth(_STEP_WIDTH)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 2, 0, 2)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(self._picture, 0, 0, top)
        self._grid.addWidget(heading, 0, 1, top)
        self._grid.addWidget(self._sentence, 0, 2)
        self._grid.addWidget(self._time, 0, 3, top)
        self._grid.setColumnStretch(2, 1)
        # Rows without details are as wide as those with.
        self._more = QWidget()
        self._more.setFixedWidth(_MORE_WIDTH)
        self._grid.addWidget(self._more, 0, 4)

    def show_finding(self, finding: Finding) -> None:
        """Show what was found."""
        silent = finding.verdict in (Verdict.OK, Verdict.NOT_REACHED)  # the latter's sentence says it
        verdict = "" if silent else f"{finding.verdict.capitalize()}: "
        self._picture.show_icon(*PICTURES[finding.verdict])
        self._sentence.setText(f"{verdict}{finding.sentence}")
        styled(self._sentence, tone=_TONES.get(finding.verdict, "muted"))
        self._time.setText(duration_words(finding.seconds) if finding.seconds is not None else "")
        if finding.advice:
            self._grid.addWidget(_words(f"What to do: {finding.advice}"), 1, 2)
        if finding.facts:
            self._add_facts(finding)
        said = (f"{self._step.heading}: {finding.verdict}", finding.sentence, finding.advice)
        self.setAccessibleName(" ".join(filter(None, said)))

    def _add_facts(self, finding: Finding) -> None:
        facts = _words("\n".join(f"{name}: {value}" for name, value in finding.facts), tone="muted")
        facts.hide()
        more = named(QToolButton(), f"facts-{finding.step}", f"Details of {finding.step.heading}", "Show the details")
        styled(more, quiet=True)
        more.setIcon(icon(Symbol.NEXT))
        more.setFixedSize(_MORE_WIDTH, 18)
        # A row is as tall as its words: the padding of the quiet buttons elsewhere is too much here.
        more.setStyleSheet("QToolButton { padding: 0; min-height: 0; }")
        more.setCheckable(True)
        more.toggled.connect(facts.setVisible)
        more.toggled.connect(lambda open_: more.setIcon(icon(Symbol.PREVIOUS if open_ else Symbol.NEXT)))
        self._grid.replaceWidget(self._more, more)
        self._grid.setAlignment(more, Qt.AlignmentFlag.AlignTop)
        self._more.deleteLater()
        self._grid.addWidget(facts, 2, 2)


def _words(text: str, tone: str = "") -> QLabel:
    label = styled(QLabel(text), tone=tone)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
