"""What each environment is for, how one gets there, and what is known of its hours now."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from caiso_desktop.model.doubt import source_words
from caiso_desktop.model.service import Environment
from caiso_desktop.ui.named import named
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.story_page import StoryPage
from caiso_desktop.ui.stripe import SIMULATOR


class EnvironmentsPage(StoryPage):
    """``hours_asked`` names the environment whose hours are to be edited."""

    hours_asked = Signal(str)

    def __init__(self, offer: Offer, parent: QWidget | None = None) -> None:
        super().__init__(offer, "environmentsPage", "Environments and their hours", parent)
        self._known: tuple[str, ...] = ()
        offer.minute_passed.connect(self._renew)
        self.fill()

    def fill(self) -> None:
        """Write the page."""
        catalogue = self.offer.catalogue
        self._known = self._now()
        self.add_title("Environments")
        self.add_prose(
            "Nobody asks CAISO's servers: what is said here of hours is what a document or you have said.", tone="muted"
        )
        for environment in catalogue.environments:
            self._add(environment)
        about = [each for each in catalogue.corrections if not each.application and _speaks_of_places(each.where)]
        if about:
            self.add_heading("Where the document is corrected or doubted")
            self.add_corrections(about)

    def _now(self) -> tuple[str, ...]:
        """All that may be another in a minute."""
        return tuple(
            f"{self.offer.availability(each.id).sentence} {self.offer.trade_date(each.id)}"
            for each in self.offer.catalogue.environments
        )

    def _renew(self) -> None:
        # Written anew only for news: somebody may be marking text to copy.
        if self._now() != self._known:
            self.refill()

    def _add(self, environment: Environment) -> None:
        self.add_place(environment, "real market: not for tests" if environment.guarded else "")
        self.add_prose(environment.purpose)
        self.add_prose(environment.access)
        self.add_prose(environment.availability)
        if environment.retired is not None:
            self.add_prose(f"Probably retired: {environment.retired.source}.", banner="warning")
        if environment.id != SIMULATOR:
            known = self.offer.availability(environment.id)
            self.add_prose(f"Now: {known.sentence}", banner="warning" if known.warning else "info")
        self.add_prose(f"Current trade date: {self.offer.trade_date(environment.id).isoformat()}")
        if environment.source is not None:
            self.add_prose(f"Source: {source_words(environment.source)}", tone="muted")
        for reference in environment.references:
            self.add_prose(reference.text)
            self.add_address("", reference.url)
        words = f"Edit the hours and trade date of {environment.name}"
        button = named(QPushButton("Hours and trade date…"), f"editHours-{environment.id}", words)
        button.clicked.connect(lambda checked=False: self.hours_asked.emit(environment.id))
        self.add_buttons(button)


def _speaks_of_places(where: str) -> bool:
    return where.startswith(("Environments", "MAP Stage", "Production", "Sandbox"))
