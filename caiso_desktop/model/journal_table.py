"""The journal as rows of text: for a table, a file of CSV, a terminal."""

from collections.abc import Iterable, Iterator

from caiso_desktop.model.journal import Entry, Record

COLUMNS = (
    "call",
    "started",
    "environment",
    "host",
    "application",
    "service",
    "version",
    "variant",
    "kind",
    "outcome",
    "status",
    "seconds",
    "trade dates",
    "scheduling coordinators",
    "batches",
    "certificate",
    "thumbprint",
    "payload SHA-256",
    "payload bytes",
    "answer SHA-256",
    "answer bytes",
    "through",
    "typed",
    "approved by",
    "schema",
    "failure",
    "looked into",
    "repeats",
    "exchange",
    "url",
    "message",
)
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row(entry: Entry) -> tuple[str, ...]:
    """An entry in the order of `COLUMNS`; times in UTC."""
    record, ending = entry.record, entry.ending
    target = record.target
    return (
        str(entry.id),
        record.started.isoformat(timespec="seconds"),
        record.environment,
        record.host,
        target.application,
        target.service,
        target.version,
        str(target.variant),
        str(record.kind),
        str(entry.standing),
        str(ending.status) if ending and ending.status else "",
        f"{ending.timings.total:.3f}" if ending and ending.timings else "",
        " ".join(day.isoformat() for day in record.trade_dates),
        " ".join(record.scheduling_coordinators),
        " ".join(ending.batches) if ending else "",
        record.subject,
        record.thumbprint,
        entry.payload_hash,
        str(entry.payload_size),
        ending.answer_hash if ending else "",
        str(ending.answer_size) if ending and ending.answer else "",
        str(record.door),
        record.typed,
        record.approved_by,
        _schema(record),
        ending.failure if ending else "",
        entry.settled,
        str(entry.repeats or ""),
        record.exchange,
        record.url,
        record.message_id,
    )


def _schema(record: Record) -> str:
    """How the payload stood to its schema; empty where nobody looked."""
    if not record.problems or not record.confirmed:
        return record.conformity
    return f"{record.conformity} ({record.problems:,} problems), sent all the same"


def sheet(entries: Iterable[Entry]) -> Iterator[tuple[str, ...]]:
    """Head and rows for a spreadsheet, which must take none of them for a formula."""
    yield COLUMNS
    for entry in entries:
        yield tuple(map(harmless, row(entry)))


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
