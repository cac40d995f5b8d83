"""Drafts in the database: text and history compressed, and a note of which one a crash is to be blamed on."""

import json
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.draft_store import BIN_DAYS, MOST_CRASHES, Binned, Restored, SavedDraft
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.undo import Edit, Undo
from caiso_desktop.store.database import Database
from caiso_desktop.store.record import read_target, read_time, write_target, write_time
from caiso_desktop.store.run import Runs

# Saved every two seconds while one types: speed counts for more than the last byte.
_LEVEL = 1
_IDLE, _DRAFT, _ANSWER = range(3)

_SAVE = """
INSERT INTO draft (id, run, place, name, environment, target, identity, file, text, encoding, mark, revision, caret,
    anchor, macros, undo, exchange, saved, binned, active, crashes, answer_crashes)
VALUES (:id, :run, (SELECT coalesce(max(place), 0) + 1 FROM draft), :name, :environment, :target, :identity, :file,
    :text, :encoding, :mark, :revision, :caret, :anchor, :macros, :undo, :exchange, :saved, '', 0, 0, 0)
ON CONFLICT (id) DO UPDATE SET
    run = :run, name = :name, environment = :environment, target = :target, identity = :identity, file = :file,
    text = :text, encoding = :encoding, mark = :mark, revision = :revision, caret = :caret, anchor = :anchor,
    macros = :macros, undo = :undo, exchange = :exchange, saved = :saved
"""


class DraftTable:
    """The port `caiso_desktop.model.draft_store.Drafts`; safe to use from several threads."""

    def __init__(self, database: Database, runs: Runs, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._runs = runs
        self._clock = clock

    def save(self, draft: SavedDraft) -> None:
        """Keep a tab as it is now."""
        values = _values(draft) | {"run": self._runs.id, "saved": write_time(self._clock())}
        with self._database.writing() as connection:
            connection.execute(_SAVE, values)

    def arrange(self, ids: Sequence[str]) -> None:
        """Keep the order of the tabs."""
        with self._database.writing() as connection:
            places = ((place, one) for place, one in enumerate(ids, 1))
            connection.executemany("UPDATE draft SET place = ? WHERE id = ?", places)

    def restore(self) -> Restored:
        """What to open: every tab that no other window has open."""
        with self._database.writing() as connection:
            rows = connection.execute("SELECT * FROM draft WHERE binned = '' ORDER BY place").fetchall()
            alive = {run: self._runs.alive(run) for run in {row["run"] for row in rows} - {self._runs.id}}
            mine = [row for row in rows if not alive.get(row["run"], False)]
            for row in mine:
                connection.execute(
                    "UPDATE draft SET run = ?, active = 0, crashes = crashes + ?, answer_crashes = answer_crashes + ?"
                    " WHERE id = ?",
                    (self._runs.id, row["active"] == _DRAFT, row["active"] == _ANSWER, row["id"]),
                )
        opened, held_back, answers = [], [], set()
        for row in mine:
            if row["crashes"] + (row["active"] == _DRAFT) >= MOST_CRASHES:
                held_back.append(_draft(row))
                continue
            opened.append(_draft(row))
            if row["answer_crashes"] + (row["active"] == _ANSWER) >= MOST_CRASHES:
                answers.add(row["id"])
        return Restored(tuple(opened), tuple(held_back), frozenset(answers))

    def work_on(self, id: str | None, *, answer: bool = False) -> None:
        """Note which tab a crash would be blamed on."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE draft SET active = 0 WHERE run = ? AND active <> 0 AND id IS NOT ?", (self._runs.id, id)
            )
            if id is not None:
                connection.execute("UPDATE draft SET active = ? WHERE id = ?", (_ANSWER if answer else _DRAFT, id))

    def throw_away(self, id: str) -> None:
        """Put a closed tab into the bin."""
        with self._database.writing() as connection:
            connection.execute("UPDATE draft SET binned = ?, active = 0 WHERE id = ?", (write_time(self._clock()), id))

    def bin(self) -> Sequence[Binned]:
        """What lies in the bin, last thrown away first."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT * FROM draft WHERE binned <> '' ORDER BY binned DESC").fetchall()
        return [Binned(_draft(row), read_time(row["binned"])) for row in rows]

    def take_back(self, id: str) -> SavedDraft:
        """Take a tab out of the bin, or open one that was held back."""
        with self._database.writing() as connection:
            row = connection.execute("SELECT * FROM draft WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise UsageError("the draft is no longer in the bin.")
            connection.execute(
                "UPDATE draft SET binned = '', crashes = 0, answer_crashes = 0, run = ?,"
                " place = (SELECT max(place) + 1 FROM draft) WHERE id = ?",
                (self._runs.id, id),
            )
        return _draft(row)

    def files(self) -> Sequence[Path]:
        """Where payloads lie that are too big to be edited."""
        with self._database.reading() as connection:
            return [Path(row["file"]) for row in connection.execute("SELECT file FROM draft WHERE file <> ''")]

    def empty_bin(self, days: int = BIN_DAYS) -> int:
        """Delete what has been in the bin for so many days."""
        limit = write_time(self._clock() - timedelta(days=days))
        with self._database.writing() as connection:
            return connection.execute("DELETE FROM draft WHERE binned <> '' AND binned <= ?", (limit,)).rowcount

    def close(self) -> None:
        """End in good order."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE draft SET active = 0, crashes = 0, answer_crashes = 0 WHERE run = ? AND crashes < ?",
                (self._runs.id, MOST_CRASHES),
            )


def _values(draft: SavedDraft) -> dict[str, str | int | bytes]:
    text = draft.draft
    undo = [[[edit.at, edit.removed, edit.inserted] for edit in part] for part in (draft.undo.done, draft.undo.undone)]
    return {
        "id": draft.id,
        "name": draft.name,
        "environment": draft.environment,
        "target": json.dumps(write_target(draft.target)),
        "identity": str(draft.identity) if draft.identity else "",
        "file": str(draft.file) if draft.file else "",
        "text": zlib.compress(text.text.encode("utf-8", "surrogatepass"), _LEVEL),
        "encoding": text.encoding,
        "mark": text.mark,
        "revision": text.revision,
        "caret": draft.caret,
        "anchor": draft.anchor,
        "macros": json.dumps(draft.macros),
        # Written in ASCII, so half a pair of surrogates in a text does no harm.
        "undo": zlib.compress(json.dumps(undo).encode("ascii"), _LEVEL),
        "exchange": draft.exchange,
    }


def _draft(row: sqlite3.Row) -> SavedDraft:
    text = zlib.decompress(row["text"]).decode("utf-8", "surrogatepass")
    done, undone = (
        tuple(Edit(at, removed, inserted) for at, removed, inserted in part)
        for part in json.loads(zlib.decompress(row["undo"]))
    )
    store, _, thumbprint = row["identity"].rpartition(":")
    return SavedDraft(
        id=row["id"],
        environment=row["environment"],
        target=read_target(json.loads(row["target"])),
        draft=Draft(text, row["encoding"], row["mark"], row["revision"]),
        identity=IdentityRef(store, thumbprint) if row["identity"] else None,
        name=row["name"],
        file=Path(row["file"]) if row["file"] else None,
        caret=row["caret"],
        anchor=row["anchor"],
        macros=tuple((name, value) for name, value in json.loads(row["macros"])),
        undo=Undo(done, undone),
        exchange=row["exchange"],
    )
