"""One line over everything: catalogue files that wait for a yes, or that were refused."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from caiso_desktop.ui.icon import Symbol, Tone
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.picture import Picture


class FileStrip(QFrame):
    """``look_asked``: show them; ``dismissed``: not now."""

    look_asked = Signal()
    dismissed = Signal()

    def __init__(self, waiting: Sequence[Path], refused: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        sentences = []
        if waiting:
            sentences.append(
                f"{_names(waiting)} waits for your yes: it changes where your certificate is shown, or what is trusted."
            )
        if refused:
            sentences.append(f"{_names(refused)} was refused: something in it is wrong.")
        words = named(QLabel(" ".join(sentences)), "catalogueFilesLabel", " ".join(sentences))
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        styled(self, banner="warning" if waiting else "error")
        look = named(QPushButton("Look"), "lookAtFilesButton", "Look at the catalogue files")
        later = named(QPushButton("Not now"), "hideStripButton", "Not now")
        look.clicked.connect(lambda checked=False: self.look_asked.emit())
        later.clicked.connect(lambda checked=False: self.dismissed.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(8)
        row.addWidget(Picture(*((Symbol.WARNING, Tone.WARNING) if waiting else (Symbol.ERROR, Tone.ERROR))))
        row.addWidget(words, 1)
        row.addWidget(look)
        row.addWidget(later)


def _names(files: Sequence[Path]) -> str:
    return f"Catalogue file{'s' if len(files) > 1 else ''} {', '.join(file.name for file in files)}"
