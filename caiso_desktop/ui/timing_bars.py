"""Where the time of a call went, as bars after one another."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from caiso_desktop.model.transport import Timings
from caiso_desktop.ui.palette import tokens_of
from caiso_desktop.ui.phrase import duration_words

_ROW = 22
_WORD = 96
_NUMBER = 72


class TimingBars(QWidget):
    """One row for each phase: its word, its bar at its place in time, its duration."""

    def __init__(self, timings: Timings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = (
            ("Connect", timings.connect),
            *((("Proxy", timings.proxy),) if timings.proxy is not None else ()),
            ("Secure (TLS)", timings.tls),
            ("Send", timings.send),
            ("Wait", timings.wait),
            ("Receive", timings.receive),
        )
        self._total = timings.total
        self.setObjectName("timingBars")
        words = [f"{name} {duration_words(s)}" if s is not None else f"{name} not needed" for name, s in self._rows]
        self.setAccessibleName(", ".join((*words, f"total {duration_words(timings.total)}")))
        self.setToolTip("A phase is not needed where a kept connection was used.")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Called by Qt."""
        return QSize(320, _ROW * (len(self._rows) + 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        painter = QPainter(self)
        tokens = tokens_of(self.palette())
        span = max(self._total, sum(seconds or 0.0 for _, seconds in self._rows)) or 1.0
        room = max(1, self.width() - _WORD - _NUMBER)
        gone = 0.0
        for number, (name, seconds) in enumerate((*self._rows, ("Total", self._total))):
            top = number * _ROW
            painter.setPen(QColor(tokens.text_muted if seconds is None else tokens.text))
            painter.drawText(0, top, _WORD, _ROW, Qt.AlignmentFlag.AlignVCenter, name)
            words = "–" if seconds is None else duration_words(seconds)
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(self.width() - _NUMBER, top, _NUMBER, _ROW, right, words)
            if seconds is None or name == "Total":
                continue
            bar = QRectF(_WORD + room * gone / span, top + 7, max(2.0, room * seconds / span), _ROW - 14)
            painter.fillRect(bar, QColor(tokens.accent))
            gone += seconds
