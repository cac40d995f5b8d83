"""Faults on demand: what can be arranged to go wrong with the next answers. Each does the same every time.

The first group replaces or spoils the answer, whatever became of the request; the second (`LineFault`) spoils its way
to the client, and goes together with any other; the third (`HandshakeFault`) lets no call come to be.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Place(StrEnum):
    """Which XML of an answer is meant: the envelope, or the report inside the attachment."""

    ENVELOPE = "envelope"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Status:
    """An HTML error page of this HTTP status: 403, 404, 429, 500, 502, 503, 504; 429 and 503 say when to come back."""

    code: int = 503


@dataclass(frozen=True, slots=True)
class Maintenance:
    """The page (503) that says that the services are down for scheduled maintenance."""


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """An HTML page with status 200 where XML belongs."""


@dataclass(frozen=True, slots=True)
class AcceptableUse:
    """CAISO's page about its acceptable use policy, with status 200."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect (302) to another host."""

    location: str = "https://elsewhere.invalid/sst/"


@dataclass(frozen=True, slots=True)
class EmptyBody:
    """Status 200 and no body."""


@dataclass(frozen=True, slots=True)
class NoData:
    """The fault that says that nothing was found."""


@dataclass(frozen=True, slots=True)
class NotEntitled:
    """The fault that says that the certificate has no right to this coordinator."""


@dataclass(frozen=True, slots=True)
class NoOperation:
    """The fault that says that the service has no such operation, as it answers to a wrong name."""


@dataclass(frozen=True, slots=True)
class HiddenError:
    """Status 200 whose attachment is not the report but a result document with an error."""


@dataclass(frozen=True, slots=True)
class WrongHash:
    """An attachment whose hash in the header is that of something else (``_AP`` only: DocAttach has no hash)."""


@dataclass(frozen=True, slots=True)
class UnwrappedHash:
    """The hash in the header is that of the base64 text without its line ends."""


@dataclass(frozen=True, slots=True)
class Mtom:
    """The answer as MTOM: ``application/xop+xml`` with ``xop:Include``."""


@dataclass(frozen=True, slots=True)
class BrokenGzip:
    """An attachment whose gzip ends in the middle, or (``truncated`` false) has a damaged byte. Its hash is right."""

    truncated: bool = True


@dataclass(frozen=True, slots=True)
class HugeReport:
    """A right report of at least so many bytes of XML, in an attachment."""

    size: int = 50_000_000


@dataclass(frozen=True, slots=True)
class HugeBody:
    """An envelope of at least so many bytes with the report in its Body, not attached, sent in chunks."""

    size: int = 50_000_000


@dataclass(frozen=True, slots=True)
class GzipBomb:
    """A small attachment that unpacks to a well-formed report of so many bytes."""

    size: int = 2_000_000_000


@dataclass(frozen=True, slots=True)
class EntityBomb:
    """XML with entities that grow to a billion laughs."""

    place: Place = Place.ENVELOPE


@dataclass(frozen=True, slots=True)
class ExternalEntity:
    """XML with an external entity: whoever resolves it asks ``location``."""

    location: str = "file:///etc/passwd"
    place: Place = Place.ENVELOPE


@dataclass(frozen=True, slots=True)
class Delay:
    """Wait so many seconds before the first byte of the answer."""

    seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class CutOff:
    """Break the connection off (TCP reset) after so many bytes of the body; None: before the first byte of all."""

    after: int | None = 1000


@dataclass(frozen=True, slots=True)
class Trickle:
    """Send the body in pieces of ``size`` bytes with ``pause`` seconds between them."""

    size: int = 64
    pause: float = 0.1


@dataclass(frozen=True, slots=True)
class ExpiredClient:
    """The server finds that the client's certificate has expired, and says so in a TLS alert."""


@dataclass(frozen=True, slots=True)
class ExpiredServer:
    """The server shows a certificate that ended yesterday."""


AnswerFault: TypeAlias = (
    Status
    | Maintenance
    | HtmlPage
    | AcceptableUse
    | Redirect
    | EmptyBody
    | NoData
    | NotEntitled
    | NoOperation
    | HiddenError
    | WrongHash
    | UnwrappedHash
    | Mtom
    | BrokenGzip
    | HugeReport
    | HugeBody
    | GzipBomb
    | EntityBomb
    | ExternalEntity
)
GATEWAY_FAULTS = (Status, Maintenance, HtmlPage, AcceptableUse, Redirect, EmptyBody)
"""Those that befall a call before any service hears of it."""

LineFault: TypeAlias = Delay | CutOff | Trickle
HandshakeFault: TypeAlias = ExpiredClient | ExpiredServer
Fault: TypeAlias = AnswerFault | LineFault | HandshakeFault
