"""Every error a person may meet: a title, what happened, and what to do about it.

    CaisoError
    ├── UsageError             what was asked for cannot be done as asked
    │   ├── CatalogueError     a catalogue file or a name that is not in the catalogue
    │   │   └── CatalogueFileError  a catalogue file that is wrong, with its line
    │   ├── PayloadError       the payload cannot be put into a message
    │   ├── SchemaError        a schema that cannot be read, or asks for what is not in its package
    │   ├── EditRefused        an edit of the payload that was not made
    │   └── GuardError         refused before sending, to protect the user
    │       ├── PayloadInvalid   a payload that breaks its schema, which nobody has confirmed yet
    │       └── HostNotApproved  a host outside CAISO's domains that this certificate has not been shown to yet
    ├── IdentityError          no certificate, or one that cannot be used
    │   └── PasswordNeeded     a certificate file that stays closed
    └── CallError              it may end a call, and says what is known of the request then
        ├── StorageError       a file of ours or of the user could not be read or written
        │   ├── FileUnreadable it is not there, or may not be read
        │   ├── DataTooNew     our data was written by a newer version of the program
        │   └── DataBusy       another process does not let go of our data
        ├── Cancelled          the user stopped it
        └── TransportError     the call could not be made, or broke off: `caiso_desktop.model.transport_error`

A SOAP fault is not in this tree: it is an answer (`caiso_desktop.model.answer`).
"""

from enum import StrEnum
from pathlib import Path


class Fate(StrEnum):
    """What is known of a request once its call has ended."""

    NOT_SENT = "not sent"
    ANSWERED = "answered"
    UNKNOWN = "not known"


class Side(StrEnum):
    """Whose side something went wrong on; who knows whom to ask."""

    YOURS = "your side"
    CAISO = "CAISO's side"
    BETWEEN = "the way between you and CAISO"

    @property
    def sentence(self) -> str:
        """It, as a person is told."""
        return f"This is on {self}."


class Way(StrEnum):
    """What a person can do about a certificate that cannot be used; a door offers it beside the advice."""

    AGAIN = "again"
    IMPORT = "import"
    OTHER_PLACE = "other place"
    MODULE = "module"


class CaisoError(Exception):
    """An error told in words: ``title`` (a few words), ``detail`` (what, where) and ``advice`` (what to do).

    ``side`` says whose side it is on, None where nobody can tell.
    """

    title = "Something went wrong"
    advice = ""
    side: Side | None = None

    def __init__(self, detail: str, *, advice: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if advice is not None:
            self.advice = advice

    def __str__(self) -> str:
        sentence = f"{self.title}: {self.detail}"
        return f"{sentence} {self.advice}" if self.advice else sentence


class UsageError(CaisoError):
    """What was asked for cannot be done as asked."""

    title = "This cannot be done"


class CatalogueError(UsageError):
    """A catalogue file is wrong (the detail names file, line and key), or a name is not in the catalogue."""

    title = "Not in the catalogue"


class CatalogueFileError(CatalogueError):
    """A catalogue file is wrong and was refused whole: ``file``, ``line`` (from 1; 0 where none is known), ``key``."""

    title = "A catalogue file is wrong"

    def __init__(self, file: Path, line: int, key: str, sentence: str, *, advice: str | None = None) -> None:
        place = f"{file.name}, line {line}" if line else file.name
        super().__init__(f"{place}: {f'{key}: ' if key else ''}{sentence}", advice=advice)
        self.file = file
        self.line = line
        self.key = key


class PayloadError(UsageError):
    """The payload cannot be put into a message."""

    title = "The payload cannot be sent"


class SchemaError(UsageError):
    """A schema cannot be read, or asks for what is not in its package; the detail names file and line."""

    title = "The schema cannot be used"
    advice = "Import the package again as CAISO publishes it, whole."


class EditRefused(UsageError):
    """An edit of the payload, asked for by its element, was not made: the text is as it was."""

    title = "The edit was not made"


class GuardError(UsageError):
    """Refused before anything was sent, to protect the user."""

    title = "Not sent"


class PayloadInvalid(GuardError):
    """The payload breaks its schema, and the user has not said yet to send it all the same; one word is enough.

    ``payload_hash`` is the SHA-256 (hex) of the payload that this is about; `str(judgement)` says what is wrong.
    """

    title = "Not sent yet"

    def __init__(self, sentence: str, payload_hash: str, line: int, column: int) -> None:
        super().__init__(sentence, advice="CAISO's verdict counts, not ours: it can be sent, once you say so.")
        self.payload_hash = payload_hash
        self.line = line
        self.column = column


class HostNotApproved(GuardError):
    """A certificate would be shown to a host outside CAISO's domains for the first time; the user may approve it."""

    def __init__(self, host: str, thumbprint: str, owner: str) -> None:
        super().__init__(
            f"{host} does not belong to CAISO's domains, and {owner} has not been shown there before.",
            advice=f"If you know that this host is right, approve it by name for this certificate: {host}",
        )
        self.host = host
        self.thumbprint = thumbprint


class IdentityError(CaisoError):
    """There is no certificate for the call, or it cannot be used; ``ways`` lead on, the best first.

    ``spoilt`` is what a store knows a certificate by that cannot be read, where the store can delete it.
    """

    title = "No usable certificate"
    advice = "Choose a certificate for this environment."
    ways: tuple[Way, ...] = ()
    spoilt = ""


class PasswordNeeded(IdentityError):
    """A certificate file is protected by a password, and the one that was given (or none) does not open it."""

    title = "The certificate file stays closed"
    advice = "Type the password that was chosen when the file was made. Upper and lower case count."


class CallError(CaisoError):
    """An error that may end a call: ``fate`` is what is known of the request then.

    ``kept`` is the file with what had arrived of the answer, when anything had.
    """

    def __init__(
        self,
        detail: str,
        *,
        fate: Fate = Fate.NOT_SENT,
        kept: Path | None = None,
        advice: str | None = None,
    ) -> None:
        super().__init__(detail, advice=advice)
        self.fate = fate
        self.kept = kept


class StorageError(CallError):
    """A file of ours or of the user could not be written, or (`FileUnreadable`) read.

    ``fate`` is `Fate.ANSWERED` when the service had answered and only the answer could not be stored.
    """

    title = "The file could not be written"
    advice = "Check the folder and the free space of the disk, then try again."


class FileUnreadable(StorageError):
    """A file that should be read is not there, or may not be read."""

    title = "The file cannot be opened"
    advice = "Check that it is there and that you may read it."


class DataTooNew(StorageError):
    """Our data was written by a newer version of the program, and is left as it is."""

    title = "The data is newer than the program"
    advice = "Start the newest version that is installed, or install it again."


class DataBusy(StorageError):
    """Another process of the program, or one that copies files, does not let go of our data."""

    title = "The data is in use"
    advice = "Wait for the other program to finish, or close it, then try again."


class Cancelled(CallError):
    """The user stopped the call; ``fate`` says whether the service may have received it."""

    title = "Cancelled"

    def __init__(self, detail: str = "The call was stopped.", *, fate: Fate = Fate.UNKNOWN) -> None:
        super().__init__(detail, fate=fate)
