"""The calls of which nobody knows what became of them, over the history until somebody has looked into each.

There is no way to send one again from here: what shows whether it arrived is the matching retrieve.
"""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from caiso_desktop.model.follow_up import FollowUp
from caiso_desktop.model.journal import Entry
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.notice import Notice

_MOST_SHOWN = 20
_TALLEST = 132


class UnknownBar(QWidget):
    """``look_asked`` wants the retrieve opened that shows what became of one; ``settled`` says what came of looking."""

    look_asked = Signal(FollowUp)
    settled = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "unknownBar", "Calls whose fate is not known")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._shown: QWidget | None = None
        self._words: list[str] = []
        self.hide()

    @property
    def text(self) -> str:
        """All that is said."""
        return "\n".join(self._words)

    def show_calls(
        self,
        entries: Sequence[Entry],
        looks: Sequence[FollowUp | None],
        environment_name: Callable[[str], str],
    ) -> None:
        """Show these calls, each with the retrieve that tells what became of it."""
        if self._shown is not None:
            self._column.removeWidget(self._shown)
            self._shown.hide()
            self._shown.deleteLater()
            self._shown = None
        self._words = []
        self.setVisible(bool(entries))
        if not entries:
            return
        count = "One call has" if len(entries) == 1 else f"{len(entries):,} calls have"
        title = f"{count} left of which it is not known what became"
        notice = Notice("warning", title, "Look with the retrieve before you send anything again.")
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(28, 0, 4, 4)
        rows.setSpacing(4)
        for entry, look in list(zip(entries, looks, strict=True))[:_MOST_SHOWN]:
            rows.addLayout(self._row(entry, look, environment_name(entry.record.environment)))
        area = QScrollArea()
        area.setObjectName("unknownCalls")
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(content)
        area.setFixedHeight(min(_TALLEST, content.sizeHint().height() + 4))
        self._shown = QWidget()
        column = QVBoxLayout(self._shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(notice)
        column.addWidget(area)
        self._column.addWidget(self._shown)
        self._words = [notice.text, *self._words]

    def _row(self, entry: Entry, look: FollowUp | None, place: str) -> QHBoxLayout:
        record = entry.record
        when = record.started.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        words = f"{when} · {record.called} {record.target.version} · {place}"
        self._words.append(words)
        label = QLabel(words)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setToolTip(entry.ending.failure if entry.ending is not None else "")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addStretch(1)
        if look is not None:
            name = look.target.procedure or look.target.service
            button = named(QPushButton(f"Open {name}"), f"lookButton-{entry.id}", f"Look with {name}", look.shows)
            button.clicked.connect(lambda checked=False: self.look_asked.emit(look))
            row.addWidget(button)
        else:
            row.addWidget(styled(QLabel("No retrieve shows it; ask CAISO's help desk."), tone="muted"))
        for name, words, note in (
            ("arrived", "It arrived", "looked into: it arrived"),
            ("lost", "It did not arrive", "looked into: it did not arrive"),
        ):
            button = styled(named(QPushButton(words), f"{name}Button-{entry.id}", f"{words}: settled"), quiet=True)
            button.clicked.connect(partial(self._settle, entry.id, note))
            row.addWidget(button)
        return row

    def _settle(self, call: int, note: str, *_: object) -> None:
        self.settled.emit(call, note)
