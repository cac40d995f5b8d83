"""The saved exchanges that the simulator serves again."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from caiso_desktop.model.simulation import OnTape
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.rows_table import RowsTable

HEADERS = ("Service", "Status", "Played")
_NOTHING = "Nothing: a saved exchange can be served again as the answer to the same call."


class PlayedBack(QWidget):
    """``play_asked`` for a file to be chosen, ``stop_asked`` to play nothing any more."""

    play_asked = Signal()
    stop_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "playedBack", "Played back")
        self.play = named(QPushButton("Play an exchange…"), "playExchange", "Play a saved exchange back")
        self.stop = named(QPushButton("Stop playing"), "stopPlaying", "Play nothing back any more")
        self.table = RowsTable("playedTable", "Played back", HEADERS, numbers=(1, 2), stretch=0, grows=4)
        self._words = styled(named(QLabel(_NOTHING), "playedWords", "What is played back"), tone="muted")
        self.play.clicked.connect(lambda checked=False: self.play_asked.emit())
        self.stop.clicked.connect(lambda checked=False: self.stop_asked.emit())
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(styled(QLabel("Played back"), title=True))
        head.addWidget(self._words, 1)
        head.addWidget(self.play)
        head.addWidget(self.stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.table)
        self.show_calls(())

    def show_calls(self, calls: Sequence[OnTape]) -> None:
        """Show what is played back."""
        self.table.show_rows([(one.service, str(one.status), f"{one.times:,}") for one in calls])
        self.table.setVisible(bool(calls))
        self.stop.setEnabled(bool(calls))
        self._words.setText("" if calls else _NOTHING)
