"""What one should know of a row before trusting it: where it departs from print, what is doubtful, what is gone."""

from collections.abc import Iterator

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from caiso_desktop.model.catalogue import Catalogue, Correction
from caiso_desktop.model.doubt import corrections_of, source_words
from caiso_desktop.model.service import Target
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.icon import Symbol, Tone
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.picture import Picture
from caiso_desktop.ui.tool_button import tool_button


class DoubtLine(QFrame):
    """One line, all of it in its tool tip; hidden where nothing is to be said. ``why_asked``: show the whole page."""

    why_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "doubtLine", "What is doubtful about this row")
        self._picture = Picture(Symbol.INFO, Tone.INFO, size=14)
        self._words = ElidedLabel()
        self._words.setObjectName("doubtLabel")
        why = tool_button("whyButton", "Why?", "The page with all of it (Alt+Enter)", Symbol.MORE, self.why_asked.emit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._picture)
        row.addWidget(self._words)
        row.addWidget(why)
        row.addStretch(1)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, empty where it says nothing."""
        return self._words.words

    def say_nothing(self) -> None:
        """There is no such row."""
        self._words.say("")
        self.hide()

    def show_row(self, catalogue: Catalogue, target: Target, environment: str) -> None:
        """Say what there is to say of a row in an environment."""
        grave, short, long = [], [], []
        if environment not in {each.id for each in catalogue.environments}:
            self.say_nothing()
            return
        for warning in _warnings(catalogue, target, environment):
            grave.append(warning)
            short.append(warning)
            long.append(warning)
        for correction in corrections_of(catalogue, target, environment):
            short.append(_short(correction))
            long.append(f"{_short(correction)}. {correction.why}")
        self.setVisible(bool(short))
        self._picture.show_icon(*((Symbol.WARNING, Tone.WARNING) if grave else (Symbol.INFO, Tone.INFO)))
        styled(self._words, tone="warning" if grave else "muted")
        self._words.say(" · ".join(short))
        self._words.setToolTip("\n".join(long))
        self._words.setAccessibleName("\n".join(long))


def _warnings(catalogue: Catalogue, target: Target, environment: str) -> Iterator[str]:
    gone = catalogue.retirement(environment, target)
    if gone is not None:
        since = f" since {gone.since.isoformat()}" if gone.since is not None else ""
        after = f", {gone.successor} follows it" if gone.successor else ""
        yield f"Probably retired{since}{after} ({gone.source})"
    _, _, version = catalogue.row(target)
    if not version.source.proven:
        yield f"Nobody has tried it: {source_words(version.source)}"


def _short(correction: Correction) -> str:
    if correction.doubt:
        return f"Printed so, but doubtful: {correction.printed}"
    return f"Printed {correction.printed}, used {correction.used}"
