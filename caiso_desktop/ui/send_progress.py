"""What a call under way is doing: a bar, the phase in words, bytes, and the time gone by."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from caiso_desktop.model.transport import Phase, Progress
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.phrase import size_words


def progress_words(progress: Progress | None, elapsed: float, *, stopping: bool = False) -> str:
    """One line: ``Receiving · 1.2 MB of 4.0 MB · 3.4 s``."""
    if stopping:
        what = "Stopping"
    elif progress is None:
        what = "Signing"
    else:
        what = progress.phase[:1].upper() + progress.phase[1:]
    size = progress.note if progress is not None and not stopping else ""
    if progress is not None and progress.phase is Phase.RECEIVING:
        size = size_words(progress.received) + (f" of {size_words(progress.total)}" if progress.total else "")
    elif progress is not None and progress.phase is Phase.PACKING:
        size = f"{size_words(progress.packed)} of {size_words(progress.total or 0)}"
    elif progress is not None and progress.phase is Phase.SENDING:
        size = size_words(progress.sent)
    return " · ".join(filter(None, (what, size, f"{elapsed:.1f} s")))


class SendProgress(QWidget):
    """Takes its room also when nothing is under way, so that nothing jumps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "sendProgress", "Progress of the call")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(88)
        self._words = styled(QLabel(), tone="muted")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._words, 1)
        self.rest()

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def show_progress(self, progress: Progress | None, elapsed: float, *, stopping: bool) -> None:
        """Show how far the call is."""
        self._bar.show()
        share = 0
        if progress is not None and progress.total:
            share = min(100, max(progress.received, progress.packed) * 100 // progress.total)
        self._bar.setRange(0, 100 if share else 0)
        self._bar.setValue(share)
        words = progress_words(progress, elapsed, stopping=stopping)
        self._words.setText(words)
        self.setAccessibleDescription(words)

    def rest(self, words: str = "") -> None:
        """Nothing is under way; ``words`` may say how the last call went."""
        self._bar.hide()
        self._words.setText(words)
        self.setAccessibleDescription(words)
