"""A filter as a question to the database."""

from typing import TypeAlias

from caiso_desktop.model.journal import Filter
from caiso_desktop.store.index import expression
from caiso_desktop.store.record import write_time

Value: TypeAlias = str | int


def question(filter: Filter, *, before: int | None, limit: int, indexed: bool) -> tuple[str, list[Value]]:
    """The statement that gives the numbers of the calls that fit, newest first, and its values."""
    conditions, values = _conditions(filter)
    if before is not None:
        conditions.append("call.id < ?")
        values.append(before)
    origin, order = "call", "call.id"
    words = expression(filter.text)
    if words and indexed:
        # The index gives its rows newest first by itself, so a common word costs no more than a page of results.
        origin, order = "words CROSS JOIN call ON call.id = words.rowid", "words.rowid"
        conditions.append("words MATCH ?")
        values.append(words)
        if before is not None:
            conditions.append("words.rowid < ?")
            values.append(before)
    elif words:
        origin = "call JOIN searched ON searched.call = call.id"
        for word in filter.text.split():
            conditions.append(
                "(unpacked(searched.payload) LIKE ? ESCAPE '\\' OR unpacked(searched.answer) LIKE ? ESCAPE '\\')"
            )
            values += [_contains(word)] * 2
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    # Every piece is one of the constants here; what the user typed goes in as values only.
    statement = f"SELECT call.id FROM {origin}{where} ORDER BY {order} DESC LIMIT ?"  # noqa: S608
    return statement, [*values, limit]


def _conditions(filter: Filter) -> tuple[list[str], list[Value]]:
    conditions: list[str] = []
    values: list[Value] = []
    for column in ("environment", "application", "service", "kind", "standing"):
        wanted = getattr(filter, column)
        if wanted:
            conditions.append(f"call.{column} = ?")
            values.append(str(wanted))
    if filter.since is not None:
        conditions.append("call.started >= ?")
        values.append(write_time(filter.since))
    if filter.until is not None:
        conditions.append("call.started < ?")
        values.append(write_time(filter.until))
    if filter.certificate:
        conditions.append("(call.thumbprint = upper(?) OR call.subject LIKE ? ESCAPE '\\')")
        values += [filter.certificate, _contains(filter.certificate)]
    if filter.trade_date is not None:
        conditions.append("EXISTS (SELECT 1 FROM trade_date WHERE date = ? AND trade_date.call = call.id)")
        values.append(filter.trade_date.isoformat())
    return conditions, values


def _contains(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
