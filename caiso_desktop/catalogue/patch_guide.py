"""What a catalogue file says of the document itself: summary, acronyms, history, access, help desk."""

import datetime
from types import MappingProxyType
from typing import Any

from caiso_desktop.catalogue.reading import given, read_references
from caiso_desktop.catalogue.table import Table
from caiso_desktop.model.guide import HelpDesk, Revision

_GUIDE = frozenset(
    {"summary", "address_warning", "acronyms", "revisions", "access", "access_methods", "references", "help_desk"}
)
_HELP_DESK = frozenset({"voice", "fax", "email", "advice", "questions"})


def read_guide(table: Table) -> dict[str, Any]:
    """Read ``[guide]``; the keys are the fields of `Guide`."""
    table.only(_GUIDE)
    acronyms = table.table("acronyms")
    help_desk = table.table("help_desk")
    return given(
        summary=table.text("summary"),
        address_warning=table.text("address_warning"),
        acronyms=None if acronyms is None else MappingProxyType({a: acronyms.need(a) for a in acronyms.values}),
        revisions=_read_revisions(table),
        access=table.text("access"),
        access_methods=table.texts("access_methods"),
        references=read_references(table),
        help_desk=None if help_desk is None else _read_help_desk(help_desk),
    )


def _read_revisions(table: Table) -> tuple[Revision, ...] | None:
    """Texts ``version | date | summary``: eighty tables would cost the start more than they are worth."""
    found = []
    for text in table.texts("revisions") or ():
        parts = [part.strip() for part in text.split("|", 2)]
        try:
            version, day, summary = parts
            found.append(Revision(version, datetime.date.fromisoformat(day), summary))
        except ValueError:
            table.refuse("revisions", f"'{text}' must be written: version | yyyy-mm-dd | summary.")
    return tuple(found) or None


def _read_help_desk(table: Table) -> HelpDesk:
    table.only(_HELP_DESK)
    return HelpDesk(
        voice=table.texts("voice") or (),
        fax=table.text("fax") or "",
        email=table.text("email") or "",
        advice=table.text("advice") or "",
        questions=table.text("questions") or "",
    )
