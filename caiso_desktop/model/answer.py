"""What came back, undressed: the inner report, results, faults and what is wrong with any of it.

Facts: two generations of result documents and the places where they hide, protocol of the SOAP services.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from caiso_desktop.model.error import Side, StorageError

RECEIVED = "Received, not yet accepted"
"""What success means after a submit: nothing has been checked but the message."""


IN_DOUBT = "in doubt"
"""The matter of a note that says that an answer leaves open whether the service took what was handed in."""

BATCH_REFUSED = "The batch was refused"
"""What it is called when a batch was checked and found wrong."""


class Outcome(StrEnum):
    """What an answer means to the user."""

    SUCCESS = "success"
    NO_DATA = "no data"
    ERROR = "error"
    UNREADABLE = "unreadable"


class Severity(StrEnum):
    """How grave a note is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to tell the user: a title, what it means, and what to do; ``raw`` is CAISO's own text.

    ``side`` says whose side it is on where that is known, ``matter`` what it is about for whoever acts on it: the id of
    a row of the table of failures (`caiso_desktop.model.failure`).
    """

    severity: Severity
    title: str
    meaning: str = ""
    advice: str = ""
    raw: str = ""
    side: Side | None = None
    matter: str = ""

    @property
    def told(self) -> str:
        """What it means, and whose side it is on."""
        return " ".join(filter(None, (self.meaning, self.side.sentence if self.side else "")))


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a result document (``outputDataType`` or ``StandardOutput``). ``SCSS0001`` is success."""

    result: str
    id: str = ""
    name: str = ""
    description: str = ""
    severity: str = ""
    created: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether this event reports a success."""
        return self.result.upper().startswith("SCSS")


@dataclass(frozen=True, slots=True)
class Result:
    """A result document: its generation, events, and the batch it opened (asynchronous submits)."""

    document: str
    service: str
    events: tuple[Event, ...]
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class BatchError:
    """One line of a batch's ``ErrorLog``, as CAISO writes it; ``about`` is the mRID that it names."""

    message: str
    priority: str = ""
    logged: str = ""
    start: str = ""
    end: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class BatchCheck:
    """How far the check of a batch is: ``state`` is ``SUCCESS``, ``ERROR``, or anything else while it is pending."""

    state: str
    errors: tuple[BatchError, ...] = ()

    @property
    def taken(self) -> bool:
        """Whether it was checked and found right."""
        return self.state.upper() == "SUCCESS"

    @property
    def refused(self) -> bool:
        """Whether it was checked and found wrong."""
        return self.state.upper() == "ERROR"

    @property
    def done(self) -> bool:
        """Whether it was checked at all."""
        return self.taken or self.refused


@dataclass(frozen=True, slots=True)
class Fault:
    """A SOAP fault; ``result`` is the result document of its detail, where it has one."""

    code: str
    text: str
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the answer as it travelled: the envelope, an attachment, or the decoded report.

    A small part that few look at is held in ``data``, and ``path`` is where `file` puts it.
    """

    name: str
    content_type: str
    path: Path
    size: int
    note: str = ""
    data: bytes | None = field(default=None, repr=False, compare=False)

    def file(self) -> Path:
        """The file of this part, made now if it was not wanted before. Raises `StorageError`."""
        if self.data is not None and not self.path.exists():
            try:
                self.path.write_bytes(self.data)
            except OSError as error:
                raise StorageError(f"the part could not be written to {self.path} ({error.strerror}).") from error
        return self.path


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer undressed.

    ``report`` is the file with the inner XML report (the decoded attachment, or the Body's document), None where
    there is none. ``root`` is its root in Clark notation; ``counts`` says how many children of each local name
    its MessagePayload (or root) holds, in order of appearance. ``parts`` lists every piece, in order of decoding.
    ``batch`` is what a retrieve of a batch's status told.
    """

    outcome: Outcome
    report: Path | None
    root: str | None
    counts: tuple[tuple[str, int], ...]
    parts: tuple[Part, ...]
    notes: tuple[Note, ...] = ()
    fault: Fault | None = None
    result: Result | None = None
    batch: BatchCheck | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether it leaves open if the service took what was handed in."""
        return any(note.matter == IN_DOUBT for note in self.notes)
