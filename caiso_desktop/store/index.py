"""Finding calls by words: an index over the text of payloads and answers, or a slow look at each where SQLite has none.

The index holds no text of its own. The words it was made from stand beside it, each once, compressed, so that a call
can be taken out of the index again, and the index be made later by a Python whose SQLite can. Besides words it holds a
mark for each thing that is filtered by, so that a common word in a rare environment is found as fast as any other.
"""

import hashlib
import sqlite3
import zlib
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from caiso_desktop.envelope.deflate import deflated
from caiso_desktop.model.journal import SEARCHED_CHARACTERS

_LAST = 8
_CREATE = (
    "CREATE VIRTUAL TABLE words USING fts5"
    "(payload, answer, mark, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 2')"
)


def can_index(connection: sqlite3.Connection) -> bool:
    """Whether this SQLite has full-text search."""
    return connection.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'").fetchone() is not None


def has_index(connection: sqlite3.Connection) -> bool:
    """Whether this database has the index."""
    return connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'words'").fetchone() is not None


def prepare(connection: sqlite3.Connection) -> None:
    """Make the index where it is missing, and take into it what a SQLite without full-text search has left out."""
    connection.create_function("unpacked", 1, unpack, deterministic=True)
    if not can_index(connection):
        return
    waiting = connection.execute("SELECT 1 FROM searched WHERE indexed = 0 LIMIT 1").fetchone()
    if has_index(connection) and not waiting:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not has_index(connection):
            connection.execute(_CREATE)
            connection.execute("UPDATE searched SET indexed = 0")
        rows = connection.execute("SELECT call, payload, answer, mark FROM searched WHERE indexed = 0")
        for call, payload, answer, marks in rows.fetchall():
            _insert(connection, call, unpack(payload), unpack(answer), marks)
        connection.execute("UPDATE searched SET indexed = 1 WHERE indexed = 0")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def is_kept(connection: sqlite3.Connection) -> bool:
    """Whether calls are added to the index of this database; what is not, is taken in by a later `prepare`."""
    return can_index(connection) and has_index(connection)


@dataclass(frozen=True, slots=True)
class Words:
    """What can be searched of a text: its words, each once, and the same as it is stored."""

    text: str
    packed: bytes

    @classmethod
    def of(cls, text: str) -> "Words":
        """The words of a text's searched part."""
        once = _each_once(text[:SEARCHED_CHARACTERS])
        return cls(once, pack(once))


class LastWords:
    """The words of the last few texts: the calls of a run often have the same payload, and the same answer.

    Two texts are compared, which tells at once that they differ; to hash one takes a tenth of what its words take.
    """

    def __init__(self) -> None:
        self._known: deque[tuple[str, Words]] = deque(maxlen=_LAST)

    def of(self, text: str) -> Words:
        """The words of a text's searched part."""
        for known, found in self._known:
            if known == text:
                return found
        words = Words.of(text)
        self._known.appendleft((text, words))
        return words


def add(
    connection: sqlite3.Connection, call: int, payload: Words, answer: Words, marks: Iterable[str], *, indexed: bool
) -> None:
    """Let a call be found by its words; what was known of it before is replaced. ``indexed`` is what `is_kept` says."""
    remove(connection, call)
    all_marks = " ".join(marks)
    connection.execute(
        "INSERT INTO searched (call, mark, payload, answer, indexed) VALUES (?, ?, ?, ?, ?)",
        (call, all_marks, payload.packed, answer.packed, indexed),
    )
    if indexed:
        _insert(connection, call, payload.text, answer.text, all_marks)


def words_of(text: str) -> list[str]:
    """What stands between blanks, or between one tag and the next; each is kept, and looked for, by itself."""
    return text.replace("><", "> <").split()


def remove(connection: sqlite3.Connection, call: int) -> None:
    """Let a call be found no more."""
    row = connection.execute("SELECT * FROM searched WHERE call = ?", (call,)).fetchone()
    if row is None:
        return
    if row["indexed"]:
        connection.execute(
            "INSERT INTO words (words, rowid, payload, answer, mark) VALUES ('delete', ?, ?, ?, ?)",
            (call, unpack(row["payload"]), unpack(row["answer"]), row["mark"]),
        )
    connection.execute("DELETE FROM searched WHERE call = ?", (call,))


def purge(connection: sqlite3.Connection) -> None:
    """Write the index anew, so that no word of what was removed is left in it."""
    if can_index(connection) and has_index(connection):
        connection.execute("INSERT INTO words (words) VALUES ('optimize')")


@lru_cache(maxsize=512)
def mark(column: str, value: str) -> str:
    """The mark of something that is filtered by, as one word that no text has."""
    return f"m{hashlib.blake2s(f'{column}={value}'.encode(), digest_size=8).hexdigest()}"


def expression(text: str, marks: Iterable[Iterable[str]], *, beginning: bool) -> str:
    """What the index is asked: every word of a text (the last also as a beginning), and one mark of each group."""
    # FTS5 reads its question up to the first NUL.
    words = [word.replace('"', '""').replace("\0", " ") for word in words_of(text) if any(c.isalnum() for c in word)]
    parts = [f"mark : ({' OR '.join(group)})" for group in marks]
    if words:
        quoted = " AND ".join(f'"{word}"' for word in words)
        parts.insert(0, f"{{payload answer}} : ({quoted}{'*' if beginning else ''})")
    return " AND ".join(parts)


def pack(text: str) -> bytes:
    """A text, compressed: fast, for a report takes as long as all else that is written of its call."""
    return deflated(text.encode("utf-8", "surrogatepass"))


def unpack(data: bytes) -> str:
    """A text from its compressed form."""
    return zlib.decompress(data).decode("utf-8", "surrogatepass")


def _each_once(text: str) -> str:
    """Each word of a text once: a report says the same some thousand times over, so its index gets a third as large.

    Between one tag and the next stand whole words, and mostly the same: of these pieces each is looked into once.
    """
    first, *more = text.split("><")
    if not more:
        return " ".join(dict.fromkeys(first.split()))
    last = more.pop()
    few = "> <".join((first, *dict.fromkeys(more), last))
    return " ".join(dict.fromkeys(few.split()))


def _insert(connection: sqlite3.Connection, call: int, payload: str, answer: str, marks: str) -> None:
    connection.execute(
        "INSERT INTO words (rowid, payload, answer, mark) VALUES (?, ?, ?, ?)", (call, payload, answer, marks)
    )
