"""The hours that only one of two days has, and what the user decides about each."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from caiso_desktop.model.day_shift import Decision, Gap
from caiso_desktop.ui.named import named, styled


class GapList(QWidget):
    """``decided`` when the user has chosen something. What was decided about an hour stays decided."""

    decided = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shiftGaps")
        self.decisions: dict[str, Decision] = {}
        self._rows: list[QWidget] = []
        self._shown: tuple[str, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.hide()

    def show_gaps(self, gaps: Sequence[Gap]) -> None:
        """Show what is to be decided."""
        shown = tuple(gap.sentence for gap in gaps)
        if shown == self._shown:
            return
        self._shown = shown
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = [self._row(gap, number) for number, gap in enumerate(gaps)]
        for row in self._rows:
            self._column.addWidget(row)
        self.setVisible(bool(gaps))

    def _row(self, gap: Gap, number: int) -> QWidget:
        frame = styled(QWidget(), banner="warning")
        frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        words = QLabel(gap.sentence)
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        choice = named(QComboBox(), f"shiftGap{number}", f"Decide: {gap.sentence}")
        choice.addItem("Decide…")
        for decision in gap.choices:
            said = gap.words(decision)
            choice.addItem(f"{said[:1].upper()}{said[1:]}", decision)
        before = self.decisions.get(gap.id)
        choice.setCurrentIndex(gap.choices.index(before) + 1 if before in gap.choices else 0)
        choice.currentIndexChanged.connect(lambda row: self._decide(gap, row))
        layout = QHBoxLayout(frame)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(words, 1)
        layout.addWidget(choice)
        return frame

    def _decide(self, gap: Gap, row: int) -> None:
        if row:
            self.decisions[gap.id] = gap.choices[row - 1]
        else:
            self.decisions.pop(gap.id, None)
        self.decided.emit()
