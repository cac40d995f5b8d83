"""What one transaction writes down of calls: each step with everything that the call is found by."""

import sqlite3
import zlib
from pathlib import Path

from caiso_desktop.model.journal import SEARCHED_CHARACTERS, Record, Standing
from caiso_desktop.store import index
from caiso_desktop.store.chain import Chain, What
from caiso_desktop.store.record import write_time
from caiso_desktop.store.search import MARKED
from caiso_desktop.store.step import Beginning, End

# Of UTF-16 two bytes are a character, of UTF-8 up to four; the rest is not searched.
_SEARCHED_BYTES = 4 * SEARCHED_CHARACTERS


class Writing:
    """Steps of calls, written within one transaction; no longer of use when that is over."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._chain = Chain(connection)
        self._indexed = index.is_kept(connection)
        self._payloads, self._answers = index.LastWords(), index.LastWords()
        self._calls: int = connection.execute("SELECT coalesce(max(call), 0) FROM chain").fetchone()[0]
        self.head: tuple[int, bytes] | None = None
        """The last link that was written and its hash; None while none was."""

    def begin(self, beginning: Beginning, run: str) -> int:
        """Write a call down; its number."""
        connection, record = self._connection, beginning.record
        call = self._calls = self._calls + 1
        self.head = self._chain.append(call, What.BEGIN, beginning.body)
        connection.execute(
            "INSERT INTO call (id, run, started, environment, application, service, kind, subject, thumbprint,"
            " conformity, exchange, standing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (call, run, *_columns(record), str(Standing.UNDER_WAY)),
        )
        connection.execute("INSERT INTO payload (call, data) VALUES (?, ?)", (call, beginning.packed))
        connection.execute(
            "INSERT OR IGNORE INTO certificate (thumbprint, subject) VALUES (?, ?)", (record.thumbprint, record.subject)
        )
        connection.executemany(
            "INSERT OR IGNORE INTO trade_date (date, call) VALUES (?, ?)",
            ((day.isoformat(), call) for day in record.trade_dates),
        )
        return call

    def is_open(self, call: int) -> bool:
        """Whether an end can be written down: one that another start took for dead may yet end in good order."""
        row = self._connection.execute("SELECT standing FROM call WHERE id = ?", (call,)).fetchone()
        return row is not None and row["standing"] in (Standing.UNDER_WAY, Standing.UNKNOWN)

    def end(self, call: int, end: End) -> None:
        """Write down how a call ended, and let it be found by its words."""
        connection, known = self._connection, end.circumstances
        self.head = self._chain.append(call, What.END, end.body)
        if known is not None:
            connection.execute(
                "INSERT OR IGNORE INTO circumstances (hash, body) VALUES (?, ?)", (known.name, known.body)
            )
        connection.execute(
            "UPDATE call SET standing = ?, circumstances = ? WHERE id = ?",
            (str(end.standing), known.name if known is not None else "", call),
        )
        row = connection.execute("SELECT data FROM payload WHERE call = ?", (call,)).fetchone()
        payload = self._payloads.of(_payload(row["data"]) if row else "")
        answer = self._answers.of(_answer(end.text))
        index.add(connection, call, payload, answer, _marks(connection, call), indexed=self._indexed)


def _columns(record: Record) -> tuple[str, ...]:
    """What a call is found by, in the order of the table."""
    return (
        write_time(record.started),
        record.environment,
        record.target.application,
        record.target.service,
        str(record.kind),
        record.subject,
        record.thumbprint,
        record.conformity,
        record.exchange,
    )


def _marks(connection: sqlite3.Connection, call: int) -> list[str]:
    """The marks of everything that a call is filtered by."""
    row = connection.execute("SELECT * FROM call WHERE id = ?", (call,)).fetchone()
    days = connection.execute("SELECT date FROM trade_date WHERE call = ?", (call,))
    marks = [index.mark(column, row[column]) for column in (*MARKED, "thumbprint")]
    return marks + [index.mark("trade_date", day["date"]) for day in days]


def _answer(text: str | Path) -> str:
    """What can be searched of an answer; nothing where its file is gone."""
    if isinstance(text, str):
        return text
    try:
        with text.open("rb") as file:
            return file.read(SEARCHED_CHARACTERS).decode("utf-8", "replace")
    except OSError:
        return ""


def _payload(packed: bytes) -> str:
    """What can be searched of a payload as it is stored."""
    data = zlib.decompressobj().decompress(packed, _SEARCHED_BYTES)
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if is_wide else "utf-8", "replace")
