"""What the access document says besides its rows: acronyms, access requests, help desk, history, corrections."""

from PySide6.QtWidgets import QLineEdit, QWidget

from caiso_desktop.ui.named import named
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.story_page import StoryPage

_TALLEST = 12


class GuidePage(StoryPage):
    """The acronyms have a filter of their own."""

    def __init__(self, offer: Offer, parent: QWidget | None = None) -> None:
        super().__init__(offer, "guidePage", "What the access document says", parent)
        self.fill()

    def fill(self) -> None:
        """Write the page."""
        catalogue = self.offer.catalogue
        guide = catalogue.guide
        self.add_title(f"{catalogue.title} {catalogue.version}")
        self.add_prose(f"Effective {catalogue.effective.isoformat()}. {guide.summary}")
        self.add_prose(guide.address_warning, tone="warning")
        self._add_help_desk()
        self._add_acronyms()
        self.add_heading("How to ask for access")
        self.add_prose(guide.access)
        for method in guide.access_methods:
            self.add_prose(f"•  {method}")
        for reference in guide.references:
            self.add_prose(reference.text)
            self.add_address("", reference.url)
        general = [each for each in catalogue.corrections if not each.application]
        if general:
            self.add_heading("Where the document itself is corrected or doubted")
            self.add_corrections(general)
        rows = [
            (each.version, each.date.isoformat() if each.date is not None else "–", each.summary)
            for each in reversed(guide.revisions)
        ]
        self.add_table("revisionsTable", f"{len(rows)} revisions", ("Version", "Date", "What changed"), rows, stretch=2)

    def _add_help_desk(self) -> None:
        desk = self.offer.catalogue.guide.help_desk
        self.add_heading("Help desk")
        self.add_prose(desk.advice)
        for number in desk.voice:
            self.add_address("Telephone", number, opens=False)
        if desk.fax:
            self.add_address("Fax", desk.fax, opens=False)
        if desk.email:
            self.add_address("E-mail", desk.email, opens=False)
        if desk.questions:
            self.add_address("Questions on it", desk.questions, opens=False)
        self.add_prose("Ctrl+Shift+H copies what the help desk asks first: where, what, at which address, when.")

    def _add_acronyms(self) -> None:
        acronyms = self.offer.catalogue.guide.acronyms
        self.add_heading(f"{len(acronyms)} acronyms")
        search = named(QLineEdit(), "acronymFilter", "Filter the acronyms")
        search.setPlaceholderText("Filter acronyms")
        search.setClearButtonEnabled(True)  # Qt takes it so
        table = RowsTable("acronymsTable", "Acronyms", ("Acronym", "Stands for"), stretch=1, grows=_TALLEST)

        def show(text: str) -> None:
            word = text.strip().casefold()
            found = [(a, m) for a, m in acronyms.items() if word in a.casefold() or word in m.casefold()]
            table.set_rows(found)

        search.textChanged.connect(show)
        show("")
        self.add(search)
        self.add(table)
