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
        └── TransportError     the call could not be made, or broke off
            ├── NameNotFound
            ├── Unreachable    refused, no route
            ├── TimedOut
            ├── ServerNotTrusted   unknown authority, wrong host, expired server certificate
            ├── ClientCertificateMissing | ClientCertificateExpired | ClientCertificateRefused
            ├── TlsFailed      the handshake failed for another reason
            ├── ProxyError     the company's proxy, or what names it, is in the way
            │   ├── RouteUnknown | ProxyUnreachable | ProxyRefused | ProxyLogOn | ProxyNotSupported
            ├── CutOff         the connection ended in the middle; what arrived is kept
            └── ProtocolBroken the peer does not speak HTTP

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


class TransportError(CallError):
    """The call could not be made, or broke off.

    ``fate`` is `Fate.NOT_SENT` when no byte of the request can have been acted on, else `Fate.UNKNOWN`.
    """

    title = "The call could not be made"


class NameNotFound(TransportError):
    """The host's name has no address."""

    title = "Host not found"
    side = Side.BETWEEN
    advice = "Check the network connection, a VPN and the address. Hosts of the ECN exist on that network only."


class Unreachable(TransportError):
    """Nobody answers at the address: refused, or no route."""

    title = "Host not reachable"
    side = Side.BETWEEN
    advice = "The service may be down, or a firewall is in the way. The catalogue lists the addresses to open."


class TimedOut(TransportError):
    """A time limit passed."""

    title = "No answer in time"
    advice = "Try again later, or ask for less at once."


class ServerNotTrusted(TransportError):
    """The server's certificate does not prove that it is the host we meant."""

    title = "Server not trusted"
    side = Side.BETWEEN
    advice = (
        "Nothing was sent. If CAISO's own authority signed it, add that authority to the environment; "
        "if a company proxy inspects traffic, ask the network's administrators."
    )


class ClientCertificateMissing(TransportError):
    """The server wants a client certificate, and none was shown."""

    title = "A certificate is required"
    side = Side.YOURS
    advice = "Choose the certificate that CAISO issued to you for this environment."


class ClientCertificateExpired(TransportError):
    """The server says that our certificate has expired."""

    title = "Your certificate has expired"
    side = Side.YOURS
    advice = "Ask your company's user access administrator for its renewal."


class ClientCertificateRefused(TransportError):
    """The server does not accept our certificate."""

    title = "Your certificate was refused"
    side = Side.YOURS
    advice = (
        "It is not one that this environment knows, or it has been revoked. Choose the one that CAISO issued for it."
    )


class TlsFailed(TransportError):
    """The secure connection could not be made for another reason."""

    title = "No secure connection"
    side = Side.BETWEEN
    advice = "The host may not speak TLS 1.2 or later, or something between here and there changes the traffic."


class ProxyError(TransportError):
    """The proxy between here and the host is in the way; nothing was sent to the host."""

    title = "The proxy is in the way"
    advice = "Look at the settings under Network, or ask the network's administrators."


class RouteUnknown(ProxyError):
    """What should say which way a host takes cannot be read, or fails."""

    title = "The way to the host is not known"


class ProxyUnreachable(ProxyError):
    """Nobody answers at the proxy's address, or no proxy."""

    title = "Proxy not reachable"
    advice = "Check the network connection, a VPN, and the proxy under Network."


class ProxyRefused(ProxyError):
    """The proxy answered that it does not, or cannot, connect to the host."""

    title = "The proxy did not connect"


class ProxyLogOn(ProxyError):
    """The proxy wants to know who one is, and does not take what it was told."""

    title = "The proxy wants a log-on"


class ProxyNotSupported(ProxyError):
    """The way leads through something that this program cannot use."""

    title = "This kind of proxy is not supported"
    advice = "Ask the network's administrators for an HTTP proxy that takes Basic or, on Windows, Negotiate."


class CutOff(TransportError):
    """The connection ended in the middle of the answer (or before it, after the request had left)."""

    title = "Connection cut off"
    side = Side.BETWEEN
    advice = "What had arrived is kept. A retrieve can be repeated; look first what became of a submit."


class ProtocolBroken(TransportError):
    """The peer does not speak HTTP as it should."""

    title = "Not an HTTP answer"
    side = Side.BETWEEN
    advice = "Check the address: another program may be listening there."
