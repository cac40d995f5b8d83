"""A filter as questions to the database."""

import sqlite3
from typing import TypeAlias

from caiso_desktop.model.journal import Filter, Standing
from caiso_desktop.store.index import can_index, expression, mark, words_of
from caiso_desktop.store.record import write_time

Value: TypeAlias = str | int

MARKED = ("environment", "application", "service", "kind", "standing")
_MOST_CERTIFICATES = 200


def search(connection: sqlite3.Connection, filter: Filter, *, before: int | None, limit: int) -> list[int]:
    """The numbers of the calls that fit, newest first."""
    marks = _marks(connection, filter)
    words = expression(filter.text, marks, beginning=False) if can_index(connection) else ""
    if not words:
        return _plain(connection, filter, before, limit)
    found = _indexed(connection, words, filter, before, limit)
    if filter.text and len(found) < limit:
        # A beginning makes the index gather all its words first, which for one that is everywhere takes a while.
        words = expression(filter.text, marks, beginning=True)
        found += _indexed(connection, words, filter, before, limit)
    if not filter.text:
        # Calls under way are few, and not in the index yet.
        found += _plain(connection, filter, before, limit, under_way=True)
    return sorted(set(found), reverse=True)[:limit]


def _indexed(connection: sqlite3.Connection, words: str, filter: Filter, before: int | None, limit: int) -> list[int]:
    """By the index, which gives its rows newest first by itself and joins its words and marks before it looks."""
    conditions, values = _conditions(filter)
    conditions += ["words MATCH ?", *_bounds(filter, "words.rowid", before)[0]]
    values += [words, *_bounds(filter, "words.rowid", before)[1]]
    # Every piece is one of the constants here; what the user typed goes in as values only.
    statement = (
        "SELECT call.id FROM words CROSS JOIN call ON call.id = words.rowid"  # noqa: S608
        f" WHERE {' AND '.join(conditions)} ORDER BY words.rowid DESC LIMIT ?"
    )
    return [row[0] for row in connection.execute(statement, [*values, limit])]


def _plain(
    connection: sqlite3.Connection, filter: Filter, before: int | None, limit: int, *, under_way: bool = False
) -> list[int]:
    """By the tables alone."""
    origin = "call"
    conditions, values = _conditions(filter)
    bounds, bound_values = _bounds(filter, "call.id", before)
    conditions += bounds
    values += bound_values
    if under_way:
        conditions.append("call.standing = ?")
        values.append(str(Standing.UNDER_WAY))
    elif filter.text:
        origin = "call JOIN searched ON searched.call = call.id"
        for word in words_of(filter.text):
            conditions.append(
                "(unpacked(searched.payload) LIKE ? ESCAPE '\\' OR unpacked(searched.answer) LIKE ? ESCAPE '\\')"
            )
            values += [_contains(word)] * 2
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    statement = f"SELECT call.id FROM {origin}{where} ORDER BY call.id DESC LIMIT ?"  # noqa: S608  constants only
    return [row[0] for row in connection.execute(statement, [*values, limit])]


def _conditions(filter: Filter) -> tuple[list[str], list[Value]]:
    conditions: list[str] = []
    values: list[Value] = []
    for column in MARKED:
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


def _bounds(filter: Filter, column: str, before: int | None) -> tuple[list[str], list[Value]]:
    """Between which numbers to look: calls are numbered as they began, but for a clock that was set."""
    conditions: list[str] = []
    values: list[Value] = []
    if before is not None:
        conditions.append(f"{column} < ?")
        values.append(before)
    if filter.since is not None:
        conditions.append(column + " >= (SELECT coalesce(min(id), 0) FROM call WHERE started >= ?)")  # noqa: S608  constants
        values.append(write_time(filter.since))
    if filter.until is not None:
        conditions.append(column + " <= (SELECT coalesce(max(id), 0) FROM call WHERE started < ?)")  # noqa: S608  constants
        values.append(write_time(filter.until))
    return conditions, values


def _marks(connection: sqlite3.Connection, filter: Filter) -> list[list[str]]:
    """The marks that the filter wants, one of each group."""
    groups = [[mark(column, str(wanted))] for column in MARKED if (wanted := getattr(filter, column))]
    if filter.trade_date is not None:
        groups.append([mark("trade_date", filter.trade_date.isoformat())])
    if filter.certificate:
        rows = connection.execute(
            "SELECT thumbprint FROM certificate WHERE thumbprint = upper(?) OR subject LIKE ? ESCAPE '\\' LIMIT ?",
            (filter.certificate, _contains(filter.certificate), _MOST_CERTIFICATES + 1),
        ).fetchall()
        if 0 < len(rows) <= _MOST_CERTIFICATES:
            groups.append([mark("thumbprint", row["thumbprint"]) for row in rows])
    return groups


def _contains(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
