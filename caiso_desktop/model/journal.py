"""What is remembered of every call: written down before it leaves, and again when it is over.

The port of whoever sends is `Journal`: no call leaves before ``begin`` has returned, for then its record is on the
disk and survives a crash or a power cut. The port of whoever looks back is `History`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.call import Door
from caiso_desktop.model.error import Fate
from caiso_desktop.model.evidence import Evidence
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.model.source import Payload, PayloadFile
from caiso_desktop.model.transport import Timings

SEARCHED_CHARACTERS = 256 * 1024
"""How much of a payload's and of an answer's text can be searched: its first characters."""


class Standing(StrEnum):
    """How a call stands, in one word."""

    UNDER_WAY = "under way"
    SUCCESS = "success"
    NO_DATA = "no data"
    ERROR = "error"
    UNREADABLE = "unreadable"
    CANCELLED = "cancelled"
    NOT_SENT = "not sent"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Record:
    """What is written down of a call before it leaves; nothing secret.

    ``exchange`` is the exchange's id (the folder of its files); ``started`` has a zone. ``subject`` and
    ``thumbprint`` (SHA-256, upper-case hex) are the certificate's, empty where none is shown.
    ``scheduling_coordinators`` and ``trade_dates`` (Pacific) were read from the payload. ``typed`` is what the user
    typed to let a submit through the guard, ``approved_by`` the second person where a policy wants one.
    ``conformity`` is how the payload stood to its schema (empty: nobody looked), ``problems`` how many there were, and
    ``confirmed`` that the user sent it in spite of them.
    """

    started: datetime
    environment: str
    url: str
    target: Target
    operation: str
    kind: Kind
    exchange: str
    subject: str = ""
    thumbprint: str = ""
    message_id: str = ""
    scheduling_coordinators: tuple[str, ...] = ()
    trade_dates: tuple[date, ...] = ()
    door: Door = Door.WINDOW
    typed: str = ""
    approved_by: str = ""
    conformity: str = ""
    problems: int = 0
    confirmed: bool = False

    @property
    def called(self) -> str:
        """What was called: the service, and of ADS the procedure, which tells more."""
        return self.operation if self.target.variant is Variant.RPC else self.target.service

    @property
    def host(self) -> str:
        """The host it goes to."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended; ``ended`` has a zone.

    ``failure`` is the sentence of what went wrong. ``answer`` is the file of the answer as it came, with its SHA-256
    (hex) and size. ``batches`` are the ids of the batches that a submit opened. ``text`` is what can be searched of
    the answer, or the file that it is read from before long; only its first `SEARCHED_CHARACTERS` are kept.
    ``content_type`` and ``content_encoding`` are its headers, without which it cannot be read again. ``evidence`` is
    how it travelled, None where nobody has kept that.
    """

    ended: datetime
    fate: Fate
    cancelled: bool = False
    outcome: Outcome | None = None
    status: int | None = None
    failure: str = ""
    answer: Path | None = None
    answer_hash: str = ""
    answer_size: int = 0
    batches: tuple[str, ...] = ()
    timings: Timings | None = None
    text: str | Path = ""
    content_type: str = ""
    content_encoding: str = ""
    evidence: Evidence | None = None

    @property
    def standing(self) -> Standing:
        """The one word for it; a fate that is not known comes first, for somebody has to look."""
        if self.fate is Fate.UNKNOWN:
            return Standing.UNKNOWN
        if self.cancelled:
            return Standing.CANCELLED
        if self.fate is Fate.NOT_SENT:
            return Standing.NOT_SENT
        return Standing(self.outcome) if self.outcome else Standing.UNREADABLE


class Journal(Protocol):
    """Where calls are written down."""

    def begin(self, record: Record, payload: Payload) -> int:
        """Write a call down before it leaves; its number.

        When this returns, the record is on the disk. `StorageError` when it cannot be: then the call must not leave.
        """
        ...

    def end(self, call: int, ending: Ending) -> None:
        """Write down how a call ended; it survives the end of the program when this returns.

        `StorageError` when it cannot be; the call then counts as not known. So it does when the power fails at once.
        """
        ...


@dataclass(frozen=True, slots=True)
class Repeats:
    """The same question, asked again so many ``times`` and answered with the same, to the byte.

    ``first`` and ``last`` are when the first and the last of these answers had come; both have a zone.
    """

    times: int
    first: datetime
    last: datetime

    def and_then(self, later: "Repeats") -> "Repeats":
        """Both together."""
        return Repeats(self.times + later.times, self.first, later.last)

    @property
    def often(self) -> str:
        """How often, in words."""
        return "once more" if self.times == 1 else f"{self.times:,} times more"

    def __str__(self) -> str:
        """In words; times in UTC."""
        return f"asked {self.often} until {self.last:%Y-%m-%d %H:%M:%S} GMT, with the same answer"


@dataclass(frozen=True, slots=True)
class Entry:
    """A call as the journal has it; ``ending`` is None while it is under way.

    ``payload_hash`` is the SHA-256 (hex) of the payload, ``settled`` says that somebody looked into an unknown fate.
    ``repeats`` are the calls after it that have no record of their own, for they said the same.
    """

    id: int
    record: Record
    payload_hash: str
    payload_size: int
    ending: Ending | None = None
    settled: str = ""
    repeats: Repeats | None = None

    @property
    def standing(self) -> Standing:
        """How it stands."""
        return Standing.UNDER_WAY if self.ending is None else self.ending.standing


@dataclass(frozen=True, slots=True)
class Filter:
    """Which calls to list; what is empty or None does not matter.

    ``since`` and ``until`` have a zone; ``until`` is not included. ``certificate`` is a thumbprint, or part of a
    subject. Every word of ``text`` must stand in the payload or the answer; the last counts as a beginning too, where
    there is less than a page of calls that have it as a word.
    """

    environment: str = ""
    application: str = ""
    service: str = ""
    kind: Kind | None = None
    standing: Standing | None = None
    since: datetime | None = None
    until: datetime | None = None
    certificate: str = ""
    trade_date: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the chain of records shows: ``link`` is its number in the chain (0: about the whole)."""

    link: int
    call: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look through the whole chain showed.

    ``head`` is the hash of the last link (hex): who has noted an earlier one can later ask whether it is still there.
    ``stubs`` counts the records whose contents were deleted by retention.
    """

    links: int
    calls: int
    stubs: int
    head: str
    findings: tuple[Finding, ...] = ()


class History(Protocol):
    """Looks back. Every verb may take a while."""

    def search(self, filter: Filter, *, limit: int = 100, before: int | None = None) -> Sequence[Entry]:
        """The newest calls that fit, older than the call ``before`` where one is given."""
        ...

    def entry(self, call: int) -> Entry:
        """One call; `UsageError` when the journal has none of this number."""
        ...

    def payload(self, call: int) -> bytes:
        """The payload exactly as it was sent; `UsageError` when retention has deleted it."""
        ...

    def payload_into(self, call: int, path: Path) -> PayloadFile:
        """Write the payload exactly as it was sent into a new file, a piece at a time. `StorageError` or as above."""
        ...

    def find(self, exchange: str) -> Entry | None:
        """The call of an exchange (its id), None where the journal has none."""
        ...

    def all(self, filter: Filter) -> Iterator[Entry]:
        """Every call that fits, newest first, read a page at a time."""
        ...

    def unknown(self) -> Sequence[Entry]:
        """Every call whose fate is not known and that nobody has looked into, newest first."""
        ...

    def settle(self, call: int, note: str) -> None:
        """Write down that somebody looked into a call of unknown fate, and what came of it."""
        ...

    def repeat(self, call: int, repeats: Repeats) -> None:
        """Write down that a retrieve was asked again since, and answered with the same."""
        ...

    def last_submit(self, target: Target, environment: str) -> Entry | None:
        """The last call of a service in an environment that was answered with success and is not a retrieve."""
        ...

    def verify(self, noted: str = "") -> Verdict:
        """Check the chain; ``noted`` is the hash of a head seen before, which must still be in it."""
        ...


class CallJournal(Journal, Protocol):
    """What whoever sends needs: it looks back too, at the last submit."""

    def last_submit(self, target: Target, environment: str) -> Entry | None:
        """The last call of a service in an environment that was answered with success and is not a retrieve."""
        ...

    def payload(self, call: int) -> bytes:
        """The payload exactly as it was sent."""
        ...

    def payload_into(self, call: int, path: Path) -> PayloadFile:
        """Write it into a new file, a piece at a time."""
        ...


class QuestionJournal(CallJournal, Protocol):
    """One that counts a question which is answered with the same, instead of writing each down."""

    def tell(self) -> None:
        """Let everybody see what was counted so far."""
        ...


class Chronicle(Journal, History, Protocol):
    """Both: who sends looks back too, at the last submit."""
