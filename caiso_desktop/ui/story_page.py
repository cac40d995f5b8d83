"""A page of the catalogue, among the drafts: words whose acronyms explain themselves, addresses, and corrections.

It is filled anew whenever another catalogue counts.
"""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from caiso_desktop.model.catalogue import Correction
from caiso_desktop.model.service import Environment
from caiso_desktop.ui.acronym import acronym_tip
from caiso_desktop.ui.address_row import AddressRow
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.page import Page, page_title
from caiso_desktop.ui.stripe import swatch


class StoryPage(Page):
    """A page writes itself in `fill`."""

    def __init__(self, offer: Offer, object_name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(object_name, accessible_name, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.offer = offer
        offer.changed.connect(self.refill)

    def fill(self) -> None:
        """Write the page from top to bottom."""
        raise NotImplementedError

    def refill(self) -> None:
        """Write it anew, and stay where one was reading."""
        place = self.verticalScrollBar().value()
        self.clear()
        self.fill()
        self.verticalScrollBar().setValue(place)

    def add_title(self, text: str) -> None:
        """Add the title of the page."""
        label = page_title(text)
        label.setWordWrap(True)
        self.add(label)

    def add_prose(self, text: str, *, tone: str = "", banner: str = "") -> None:
        """Add words to read; hovering them tells what their acronyms stand for."""
        if text:
            self.add(self.prose(text, tone=tone, banner=banner))

    def prose(self, text: str, *, tone: str = "", banner: str = "") -> QLabel:
        """Words to read, for a place of one's own."""
        label = styled(QLabel(text), **{key: value for key, value in (("tone", tone), ("banner", banner)) if value})
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setToolTip(acronym_tip(text, self.offer.catalogue.guide.acronyms))
        return label

    def add_buttons(self, *buttons: QWidget) -> None:
        """Add buttons side by side."""
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for button in buttons:
            layout.addWidget(button)
        layout.addStretch(1)
        self.add(row)

    def add_place(self, environment: Environment, after: str = "") -> None:
        """Add a heading in the name and colour of an environment."""
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(6)
        picture = QLabel()
        picture.setPixmap(swatch(environment.id, self.palette()).pixmap(12, 12))
        layout.addWidget(picture)
        layout.addWidget(styled(QLabel(environment.name), title=True))
        layout.addWidget(styled(QLabel(after), tone="muted"))
        layout.addStretch(1)
        self.add(row)

    def add_address(self, role: str, text: str, *, opens: bool = True, tip: str = "") -> None:
        """Add an address with its buttons."""
        self.add(AddressRow(role, text, opens=opens, tip=tip))

    def add_corrections(self, corrections: Iterable[Correction]) -> None:
        """Add where the catalogue departs from print, and what is doubtful about what it kept."""
        for each in corrections:
            frame = named(QFrame(), "correction", f"{each.where}: printed {each.printed}, used {each.used}")
            styled(frame, banner="info")
            column = QVBoxLayout(frame)
            column.setContentsMargins(8, 4, 8, 4)
            column.setSpacing(2)
            column.addWidget(styled(self.prose(each.where), title=True))
            kept = "kept, but doubtful" if each.doubt else f"used: {each.used}"
            column.addWidget(self.prose(f"Printed: {each.printed} – {kept}"))
            column.addWidget(self.prose(each.why))
            self.add(frame)
