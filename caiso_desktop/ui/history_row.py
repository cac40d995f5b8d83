"""A call of the history in words: its row, its tool tip, its title."""

from caiso_desktop.model.answer import RECEIVED
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.journal import Entry, Standing
from caiso_desktop.model.sentence import begun
from caiso_desktop.model.service import Kind
from caiso_desktop.ui.phrase import duration_words, size_words

HEADERS = ("Time", "Environment", "Service", "Version", "Outcome", "Duration", "Size", "Trade date")
"""What the cells of a row are about."""
_WORDS = {
    Standing.UNDER_WAY: "Under way",
    Standing.SUCCESS: "Success",
    Standing.NO_DATA: "No data",
    Standing.ERROR: "The service reports an error",
    Standing.UNREADABLE: "An answer that cannot be read",
    Standing.CANCELLED: "Cancelled",
    Standing.NOT_SENT: "Not sent",
    Standing.UNKNOWN: "Not known",
}


def cells(entry: Entry, catalogue: Catalogue) -> tuple[str, ...]:
    """Its row, a cell for each of `HEADERS`."""
    record, ending = entry.record, entry.ending
    took = ending.timings.total if ending is not None and ending.timings is not None else None
    settled = f" ({entry.settled})" if entry.settled else ""
    again = f", {entry.repeats.often}" if entry.repeats else ""
    return (
        _when(entry),
        place(record.environment, catalogue),
        f"{_acronym(record.target.application, catalogue)} · {record.called}",
        record.target.version or "–",
        _outcome(entry) + again + settled,
        duration_words(took) if took is not None else "–",
        size_words(ending.answer_size) if ending is not None and ending.answer is not None else "–",
        ", ".join(day.isoformat() for day in record.trade_dates) or "–",
    )


def tip(entry: Entry) -> str:
    """What its row has no room for."""
    record, ending = entry.record, entry.ending
    failure = ending.failure if ending is not None else ""
    coordinators = ", ".join(record.scheduling_coordinators)
    again = begun(str(entry.repeats or ""))
    lines = (f"Call {entry.id}", record.url, record.subject, coordinators, failure, again)
    return "\n".join(line for line in lines if line)


def title(entry: Entry, catalogue: Catalogue) -> str:
    """Which call it is, in one line."""
    return f"Call {entry.id}, {_when(entry)}, {entry.record.called}, {place(entry.record.environment, catalogue)}"


def place(environment: str, catalogue: Catalogue) -> str:
    """An environment's name; its id where its file is gone from the catalogue."""
    return next((each.name for each in catalogue.environments if each.id == environment), environment)


def _when(entry: Entry) -> str:
    return entry.record.started.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _acronym(application: str, catalogue: Catalogue) -> str:
    return next((each.acronym for each in catalogue.applications if each.id == application), application)


def _outcome(entry: Entry) -> str:
    """How a call stands, in words; a submit that succeeded was received, and no more is known of it."""
    received = entry.standing is Standing.SUCCESS and entry.record.kind is Kind.SUBMIT
    return RECEIVED if received else _WORDS[entry.standing]
