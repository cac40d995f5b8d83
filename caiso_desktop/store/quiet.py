"""The journal for a question that is asked every ten seconds and answered with the same: on the disk, yet no flood.

A day of dispatch has 8,640 questions. What holds for each:
- It stands on the disk before it leaves: the first of its kind in the journal, as every call; each further one in a log
  of this run (`caiso_desktop.store.ahead`), flushed.
- Answered otherwise than the last one, it gets a record of its own. Answered with the same, to the byte, it is counted
  behind the record that has this answer: how often, and when first and last (`Repeats`), a link in the chain for every
  `MOST_COUNTED` of them, and what is left when something else comes, or the program ends.
- After a crash the next start reads the log: it counts what had been answered, and what had not gets its record, of a
  fate that is not known.
"""

import json
import threading
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from caiso_desktop.model.error import CaisoError, DataTooNew, Fate, StorageError, UsageError
from caiso_desktop.model.guard import hash_of
from caiso_desktop.model.journal import Chronicle, Ending, Entry, Filter, Record, Repeats, Standing
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.service import Kind, Target
from caiso_desktop.model.source import Payload, PayloadFile
from caiso_desktop.store.ahead import AheadLog, frames
from caiso_desktop.store.journal import CRASHED, not_recorded
from caiso_desktop.store.lock import FileLock
from caiso_desktop.store.record import read_record, read_time, write_record, write_time
from caiso_desktop.store.run import Runs
from caiso_desktop.store.step import Beginning

MOST_COUNTED = 60
"""Questions that are counted before the journal is told: ten minutes of dispatch."""

_SUFFIX = ".questions"
_FORMAT = 1
"""Of what stands in the log: whoever changes its words counts it up, and reads the old ones too."""

_MOST_LINES = 64
_Question: TypeAlias = tuple[str, str, str, str, str]
_Said: TypeAlias = tuple[Standing, int | None, str, str]


@dataclass(slots=True)
class _Line:
    """Questions of one kind: the record of the last answer, what that was, and when the same came since."""

    of: Record
    said: _Said | None = None
    same: list[datetime] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that is under way."""

    record: Record
    payload: Payload
    line: _Line


class QuietJournal:
    """The port `caiso_desktop.model.journal.QuestionJournal` over another one; safe for many threads. `close` it.

    Numbers below zero are those of questions that stand in the log. ``notice`` is a sentence for the user where the log
    of a crash is left alone, empty when all is well.
    """

    def __init__(self, journal: Chronicle, runs: Runs) -> None:
        self._journal = journal
        self._runs = runs
        self._lock = threading.Lock()
        self._log: AheadLog | None = None
        self._lines: dict[_Question, _Line] = {}
        self._asked: dict[int, _Asked] = {}
        self._open: set[str] = set()
        self._next = -1
        self.notice = ""

    def begin(self, record: Record, payload: Payload) -> int:
        """Write a question down, on the disk when this returns: the first in the journal, others in the log."""
        question = _question(record, payload)
        with self._lock:
            line = self._lines.get(question) if record.kind is Kind.RETRIEVE else None
            if line is not None:
                return self._hold(_Asked(record, payload, line))
        number = self._journal.begin(record, payload)
        with self._lock:
            line = self._lines.setdefault(question, _Line(record))
            self._asked[number] = _Asked(record, payload, line)
            self._make_room()
        return number

    def end(self, call: int, ending: Ending) -> None:
        """Count a question that was answered like the last one; write every other down."""
        said = (ending.standing, ending.status, ending.answer_hash, ending.failure)
        with self._lock:
            asked = self._asked.pop(call, None)
            if asked is None:
                raise UsageError(f"question {call} is not under way.")
            if call < 0 and asked.line.said == said:
                self._count(asked, ending.ended)
                return
            self._tell(asked.line)
        record, line = asked.record, asked.line
        self._journal.end(self._journal.begin(record, asked.payload) if call < 0 else call, ending)
        with self._lock:
            line.of, line.said = record, said
            if call < 0:
                # The next start looks into the journal too: it is no matter where the log does not take this.
                with suppress(StorageError):
                    self._settle(record, {"written": record.exchange})

    def tell(self) -> None:
        """Tell the journal what was counted so far, as nobody asks for now; what it cannot take stays in the log."""
        with self._lock:
            self._tell(*self._lines.values())

    def last_submit(self, target: Target, environment: str) -> Entry | None:
        """The last submit of a service."""
        return self._journal.last_submit(target, environment)

    def payload(self, call: int) -> bytes:
        """What was sent."""
        return self._journal.payload(call)

    def payload_into(self, call: int, path: Path) -> PayloadFile:
        """What was sent, as a file."""
        return self._journal.payload_into(call, path)

    def close(self) -> None:
        """Tell the journal what was counted; what it cannot take now it gets at the next start."""
        with self._lock:
            self._tell(*self._lines.values())
            log, self._log = self._log, None
            if log is not None and self._all_told:
                log.close()

    def recover(self) -> None:
        """Bring into the journal what crashes have left in the logs; what cannot be now, at the next start."""
        left = [path for path in self._runs.folder.glob(f"*{_SUFFIX}") if not self._runs.alive(path.stem)]
        if not left:
            return
        with suppress(StorageError), FileLock(self._runs.folder / "questions.lock") as lock:
            for path in left if lock.take() else ():  # else another start does it
                self._bring(path)

    def _bring(self, path: Path) -> None:
        try:
            with suppress(OSError):  # a scanner may hold a log: what was brought is not brought twice
                _Left.of(frames(path, _FORMAT)).bring(self._journal)
                path.unlink()
        except DataTooNew as error:
            self.notice = f"{error.detail} {error.advice}"
        except StorageError:
            return

    def _make_room(self) -> None:
        """Let go of the oldest questions; one that is asked once more is the first of its kind again."""
        if len(self._lines) > _MOST_LINES:
            used = {id(asked.line) for asked in self._asked.values()}
            spare = [key for key, line in self._lines.items() if id(line) not in used]
            for key in spare[: _MOST_LINES // 2]:
                self._tell(self._lines[key])
                if not self._lines[key].same:
                    del self._lines[key]

    def _hold(self, asked: _Asked) -> int:
        record = asked.record
        try:
            beginning = Beginning.of(record, asked.payload)
            self._append({"asked": write_record(record)}, beginning.packed, flush=True)
        except StorageError as error:
            not_recorded(error)
            raise
        self._open.add(record.exchange)
        number, self._next = self._next, self._next - 1
        self._asked[number] = asked
        return number

    def _count(self, asked: _Asked, ended: datetime) -> None:
        line, of = asked.line, asked.line.of
        line.same.append(ended)
        words = {"same": asked.record.exchange, "ended": write_time(ended)}
        try:
            self._settle(asked.record, words | {"of": of.exchange, "since": write_time(of.started)})
        finally:
            if len(line.same) >= MOST_COUNTED:
                self._tell(line)

    def _settle(self, record: Record, words: dict[str, Any]) -> None:
        try:
            self._append(words)
        finally:
            self._open.discard(record.exchange)

    def _tell(self, *lines: _Line) -> None:
        """Tell the journal when the same came; what it cannot take now stays in the log."""
        for line in lines:
            if line.same:
                with suppress(CaisoError):
                    _add(self._journal, _Place.of(line.of), line.same)
                    line.same.clear()
        if self._log is not None and self._all_told:
            self._log.restart()

    @property
    def _all_told(self) -> bool:
        """Whether the log is needed no more."""
        return not self._open and not any(line.same for line in self._lines.values())

    def _append(self, words: dict[str, Any], blob: bytes = b"", *, flush: bool = False) -> None:
        if self._log is None:
            self._log = AheadLog(self._runs.folder / f"{self._runs.id}{_SUFFIX}", self._lock, _FORMAT)
        line = json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()
        self._log.append(line + b"\n" + blob, flush=flush)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the journal an exchange is found."""

    exchange: str
    since: datetime
    environment: str
    target: Target

    @classmethod
    def of(cls, record: Record) -> "_Place":
        return cls(record.exchange, record.started, record.environment, record.target)

    def entry(self, journal: Chronicle) -> Entry | None:
        target = self.target
        near = Filter(self.environment, target.application, target.service, since=self.since)
        return next((each for each in journal.all(near) if each.record.exchange == self.exchange), None)


@dataclass(slots=True)
class _Left:
    """What the log of a dead run says: what was asked, when the same came as which record has, what has no answer."""

    asked: dict[str, tuple[Record, bytes]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    same: dict[_Place, list[datetime]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Iterable[bytes]) -> "_Left":
        left = cls()
        for frame in data:
            line, _, blob = frame.partition(b"\n")
            left._take(json.loads(line), blob)
        return left

    def bring(self, journal: Chronicle) -> None:
        """Into the journal, but for what is there: a crash may have come between the two."""
        for place, ended in self.same.items():
            _add(journal, place, ended)
        for exchange in self.open:
            record, packed = self.asked[exchange]
            if _Place.of(record).entry(journal) is None:
                call = journal.begin(record, zlib.decompress(packed))
                journal.end(call, Ending(utc_now(), Fate.UNKNOWN, failure=CRASHED))

    def _take(self, words: dict[str, Any], blob: bytes) -> None:
        if "asked" in words:
            record = read_record(words["asked"])
            self.asked[record.exchange] = (record, blob)
            self.open.add(record.exchange)
        elif "same" in words:
            like, _ = self.asked[words["same"]]
            place = _Place(words["of"], read_time(words["since"]), like.environment, like.target)
            self.same.setdefault(place, []).append(read_time(words["ended"]))
            self.open.discard(words["same"])
        else:
            self.open.discard(words["written"])


def _add(journal: Chronicle, place: _Place, ended: Sequence[datetime]) -> None:
    """Count behind a record what is not counted there already."""
    entry = place.entry(journal)
    if entry is not None:
        new = [each for each in ended if entry.repeats is None or each > entry.repeats.last]
        if new:
            journal.repeat(entry.id, Repeats(len(new), new[0], new[-1]))


def _question(record: Record, payload: Payload) -> _Question:
    return record.environment, record.url, record.operation, record.thumbprint, hash_of(payload)
