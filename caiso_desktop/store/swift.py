"""The journal as a call meets it: a record costs one flush of the disk, and the database is written behind its back.

What holds:
- No call leaves before its record is on the disk: it stands in a log (`caiso_desktop.store.ahead`), flushed.
- When `SwiftJournal.end` returns, the end stands in the log as well and survives whatever happens to the program. It is
  not flushed: when the power fails in the next moment, the next start lists the call as not known, which is the truth.
- Whoever asks the journal anything gets what the log holds too, for it is brought into the database first. After a
  crash the next start does that; a call's exchange says whether it has been brought there already.
"""

import json
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from sqlite3 import Connection

from caiso_desktop.model.error import StorageError, UsageError
from caiso_desktop.model.journal import Ending, Entry, Filter, Record, Verdict
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.service import Target
from caiso_desktop.model.source import Payload, PayloadFile
from caiso_desktop.store.ahead import AheadLog, frames
from caiso_desktop.store.chain import HeadNote
from caiso_desktop.store.database import Database
from caiso_desktop.store.evidence import Written
from caiso_desktop.store.journal import CallJournal, not_recorded
from caiso_desktop.store.record import read_ending, read_record
from caiso_desktop.store.run import Runs
from caiso_desktop.store.step import Beginning, End
from caiso_desktop.store.writing import Writing

LULL = 0.1
"""Seconds without a call after which the database is written."""

MOST_WAITING = 2048
"""Steps (two of each call) that wait for the database before it is written though calls go on.

Calls come first: to write their database costs the processor as much as to make them. So many are written within some
two seconds, which whoever asks the journal then has to wait.
"""

_PATIENCE = 2.0
_LARGE = 16 << 20
_SUFFIX = ".calls"
_FORMAT = 2
"""Of what stands in the log: whoever changes `_written` counts it up, and reads the old ones too."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A beginning or an end that waits for the database."""

    exchange: str
    beginning: Beginning | None = None
    end: End | None = None


class SwiftJournal(CallJournal):
    """The journal of one run; `close` it. Numbers that `begin` gives are for `end` only."""

    def __init__(self, database: Database, runs: Runs, note: HeadNote) -> None:
        super().__init__(database, runs, note, clock=utc_now)
        self._log: AheadLog | None = None
        self._recovered = False
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._bringing = threading.Lock()
        self._waiting: list[_Step] = []
        self._tickets: dict[int, str] = {}
        self._calls: dict[str, int] = {}
        self._last = 0
        self._writer: threading.Thread | None = None
        self._closed = False
        self._failed = False

    def begin(self, record: Record, payload: Payload) -> int:
        """Write a call down; on the disk when this returns."""
        step = _Step(record.exchange, Beginning.of(record, payload))
        try:
            self._recover()
            if self._failed or len(self._waiting) >= 2 * MOST_WAITING:
                self.flush()
            data = _written(step)
            with self._lock:
                self._add(step, data, flush=True)
                self._last += 1
                self._tickets[self._last] = record.exchange
                return self._last
        except StorageError as error:
            not_recorded(error)
            raise

    def end(self, call: int, ending: Ending) -> None:
        """Write down how a call ended; it survives the program when this returns, and soon a power cut too."""
        exchange = self._tickets.get(call)
        if exchange is None:
            raise UsageError(f"call {call} is not under way.")
        step = _Step(exchange, end=End.of(ending))
        data = _written(step)
        with self._lock:
            self._add(step, data, flush=False)
            del self._tickets[call]

    def flush(self) -> None:
        """Bring everything into the database. `StorageError` when that cannot be; then nothing is lost."""
        with self._bringing:
            with self._changed:
                steps = list(self._waiting)
            self._bring(steps)
            with self._changed:
                del self._waiting[: len(steps)]
                if self._log is not None and self._waiting and self._log.size > _LARGE:
                    self._bring(self._waiting)  # so many calls that it would grow for ever: they wait this once
                    self._waiting.clear()
                if self._log is not None and steps and not self._waiting:
                    self._log.restart()

    def close(self) -> None:
        """Bring everything into the database; what cannot be now, is at the next start."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._writer is not None:
            self._writer.join()
        with suppress(StorageError):
            self.flush()
            with self._lock:
                if self._log is not None and not self._waiting:
                    self._log.close()

    def search(self, filter: Filter, *, limit: int = 100, before: int | None = None) -> Sequence[Entry]:
        """The newest calls that fit, older than the call ``before``."""
        self._catch_up()
        return super().search(filter, limit=limit, before=before)

    def entry(self, call: int) -> Entry:
        """One call."""
        self._catch_up()
        return super().entry(call)

    def payload(self, call: int) -> bytes:
        """The payload exactly as it was sent."""
        self._catch_up()
        return super().payload(call)

    def payload_into(self, call: int, path: Path) -> PayloadFile:
        """Write the payload exactly as it was sent into a new file, a piece at a time."""
        self._catch_up()
        return super().payload_into(call, path)

    def find(self, exchange: str) -> Entry | None:
        """The call of an exchange."""
        self._catch_up()
        return super().find(exchange)

    def unknown(self) -> Sequence[Entry]:
        """Every call of unknown fate that nobody has looked into; first those a crash has left are found out."""
        self._recovered = False
        self._catch_up()
        return super().unknown()

    def last_submit(self, target: Target, environment: str) -> Entry | None:
        """The last call of a service that succeeded there and was no retrieve."""
        self._catch_up()
        return super().last_submit(target, environment)

    def verify(self, noted: str = "") -> Verdict:
        """Check the chain."""
        self._catch_up()
        return super().verify(noted)

    @property
    def _much(self) -> bool:
        return len(self._waiting) >= MOST_WAITING or (self._log is not None and self._log.size > _LARGE)

    def _catch_up(self) -> None:
        self._recover()
        self.flush()

    def _add(self, step: _Step, data: bytes, *, flush: bool) -> None:
        """Write a step into the log, with the lock held; who waits for the disk lets others write meanwhile."""
        if self._log is None:
            self._log = AheadLog(self._runs.folder / f"{self._runs.id}{_SUFFIX}", self._lock, _FORMAT)
        self._log.append(data, flush=flush)
        self._waiting.append(step)
        if self._writer is None and not self._closed:
            self._writer = threading.Thread(target=self._write_behind, name="journal", daemon=True)
            self._writer.start()
        elif len(self._waiting) in (1, MOST_WAITING):
            self._changed.notify_all()

    def _write_behind(self) -> None:
        """Write the database whenever there is something to write and nobody has called for a moment."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                seen = -1
                while seen != len(self._waiting) and not self._much and not self._closed:
                    seen = len(self._waiting)
                    self._changed.wait(LULL)
            try:
                self.flush()
            except StorageError:
                # The log keeps it; the next call tries again, and tells.
                with self._changed:
                    self._changed.wait_for(lambda: self._closed, _PATIENCE)

    def _bring(self, steps: Sequence[_Step]) -> None:
        if not steps:
            return
        calls = dict(self._calls)
        try:
            run = self._runs.id
            with self._database.writing() as connection:
                writing = Writing(connection)
                _put(writing, steps, run, calls)
        except BaseException:
            self._failed = True
            raise
        self._failed = False
        self._noted(writing)
        for step in steps:
            if step.end is not None:
                calls.pop(step.exchange, None)
        self._calls = calls

    def _recover(self) -> None:
        """Bring in what the logs of dead runs hold."""
        if self._recovered:
            return
        with self._database.reading():
            pass  # a database that cannot be used is told before a call leaves
        own = self._log.path if self._log is not None else None
        for path in self._runs.folder.glob(f"*{_SUFFIX}"):
            if path == own or self._runs.alive(path.stem):
                continue
            with suppress(FileNotFoundError):  # another start was faster
                steps = _steps_of(path)
                with self._database.writing() as connection:
                    calls, ended = _calls_of(connection, path.stem)
                    new = [step for step in steps if step.exchange not in ended]
                    writing = Writing(connection)
                    _put(writing, new, path.stem, calls)
                self._noted(writing)
            with suppress(OSError):  # a scanner may hold it: the next start finds that all of it is there
                path.unlink(missing_ok=True)
        self._recovered = True


def _steps_of(path: Path) -> list[_Step]:
    """What the log of a dead run holds; `StorageError` where it cannot be read, for nothing may be passed over."""
    try:
        return [_read(data) for data in frames(path, _FORMAT)]
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StorageError(f"{path} could not be read ({error.strerror}).") from error


def _calls_of(connection: Connection, run: str) -> tuple[dict[str, int], set[str]]:
    """The calls of a run by their exchanges, and the exchanges of those that have ended."""
    rows = connection.execute(
        "SELECT chain.call, chain.body, EXISTS"
        " (SELECT 1 FROM chain AS later WHERE later.call = chain.call AND later.what = 'end') AS ended"
        " FROM call JOIN chain ON chain.call = call.id"
        " WHERE call.run = ? AND chain.what = 'begin' AND chain.body IS NOT NULL",
        (run,),
    ).fetchall()
    found = [(json.loads(row["body"])["exchange"], row["call"], row["ended"]) for row in rows]
    return {exchange: call for exchange, call, _ in found}, {exchange for exchange, _, ended in found if ended}


def _put(writing: Writing, steps: Sequence[_Step], run: str, calls: dict[str, int]) -> None:
    """Write down steps, but for those that are there; ``calls`` are the calls by their exchanges."""
    for step in steps:
        if step.beginning is not None and step.exchange not in calls:
            calls[step.exchange] = writing.begin(step.beginning, run)
        if step.end is not None:
            call = calls.get(step.exchange)
            if call is not None and writing.is_open(call):
                writing.end(call, step.end)


def _written(step: _Step) -> bytes:
    """A line of JSON, in which what the chain says stands as it is stored there, and a blob."""
    line, blob = f'{{"exchange":{json.dumps(step.exchange)}'.encode(), b""
    if step.beginning is not None:
        begun = step.beginning
        facts = f',"hash":"{begun.hash}","size":{begun.size},"packed":{str(begun.is_packed).lower()},"record":'
        line, blob = line + facts.encode() + begun.body, begun.held
    if step.end is not None:
        known = step.end.circumstances
        line, blob = line + b',"ending":' + step.end.body, known.body if known is not None else b""
    return b"%b}\n%b" % (line, blob)


def _read(data: bytes) -> _Step:
    line, _, blob = data.partition(b"\n")
    facts = json.loads(line)
    if "record" in facts:
        record = read_record(facts["record"])
        is_packed = facts.get("packed", True)  # format 1 says nothing, for there every payload is
        begun = Beginning.again(record, blob, facts["hash"], facts["size"], is_packed=is_packed)
        return _Step(facts["exchange"], begun)
    written = Written.of(blob)
    ending = read_ending(facts["ending"], {written.name: written})
    return _Step(facts["exchange"], end=End.of(replace(ending, text=_text_of(ending))))


def _text_of(ending: Ending) -> str | Path:
    """Where the text stands that can be searched of an answer: in the report where there is one, else as it came."""
    if ending.answer is None:
        return ""
    report = ending.answer.with_name("report.xml")
    return report if report.exists() else ending.answer
