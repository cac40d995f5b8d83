"""What is kept of how a call travelled, so that who looks at it later sees what was seen at the time; nothing secret.

Headers pass `caiso_desktop.model.kept_header`; certificates are told by their public facts; bodies are files, kept
elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from caiso_desktop.model.call import Headers
from caiso_desktop.model.error import Side
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.identity import Certificate
from caiso_desktop.model.kept_header import kept_headers, kept_reason
from caiso_desktop.model.route import Route
from caiso_desktop.model.transport import TlsFacts

DIRECT, THROUGH_A_PROXY = "direct", "through a proxy"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the calls of one certificate to one server have in common, so it is written once for all of them.

    ``certificate`` and ``tls`` are told without their DER. ``key_place`` says where the certificate's key lives, in
    words that go on after "Its key lies". ``way`` is `DIRECT` or `THROUGH_A_PROXY`, empty where no answer came: not
    the proxy's name. ``catalogue`` is the edition that the call was made by.
    """

    certificate: Certificate | None = None
    key_place: str = ""
    tls: TlsFacts | None = None
    way: str = ""
    catalogue: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a person was told of a failure; ``side`` says whose it was, where that was known."""

    title: str
    detail: str
    advice: str = ""
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """How one call travelled: both headers, the words beside the status, and the titles of what was said of the answer.

    Empty headers of the answer mean that none came; ``trouble`` says why.
    """

    request: Headers = ()
    response: Headers = ()
    reason: str = ""
    notes: tuple[str, ...] = ()
    trouble: Trouble | None = None
    circumstances: Circumstances = field(default_factory=Circumstances)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What it does not tell although a call has it, in words."""
        known = self.circumstances
        missing = (
            ("the headers of the request", not self.request),
            ("the certificate's public part", known.certificate is None),
            ("the edition of the catalogue", not known.catalogue),
        )
        return tuple(words for words, is_missing in missing if is_missing)


LACKING = (
    "headers",
    "the secure connection",
    "the certificate's public part",
    "the edition of the catalogue",
    "what was said of the answer at the time",
)
"""What is missing of a call whose record was written before these were kept, or that a crash left without an end."""


def evidence_of(exchange: Exchange, catalogue: str) -> Evidence:
    """What is to be kept of a call that is over; ``catalogue`` is the edition that it was made by."""
    response, answer, failure = exchange.response, exchange.answer, exchange.failure
    return Evidence(
        request=kept_headers(exchange.request.headers),
        response=kept_headers(response.headers) if response is not None else (),
        reason=kept_reason(response.reason) if response is not None else "",
        notes=tuple(note.title for note in answer.notes) if answer is not None else (),
        trouble=Trouble(failure.title, failure.detail, failure.advice, failure.side) if failure is not None else None,
        circumstances=Circumstances(
            certificate=public(exchange.certificate) if exchange.certificate is not None else None,
            key_place=exchange.key_place,
            tls=told(response.tls) if response is not None and response.tls is not None else None,
            way=way_of(response.route if response is not None else None),
            catalogue=catalogue,
        ),
    )


@lru_cache(maxsize=16)
def public(certificate: Certificate) -> Certificate:
    """A certificate's public facts, without the certificate."""
    return replace(certificate, der=b"", chain=())


@lru_cache(maxsize=16)
def told(tls: TlsFacts) -> TlsFacts:
    """The facts of a secure connection, without the certificates themselves."""
    return replace(tls, peer_certificate=b"", links=tuple(replace(link, der=b"") for link in tls.links))


def way_of(route: Route | None) -> str:
    """How the bytes went; not by whose proxy: how a company's network is made is its own business."""
    return "" if route is None else DIRECT if route.proxy is None else THROUGH_A_PROXY


def lacking_words(lacks: Sequence[str]) -> str:
    """What is missing of a call that only the journal knew, in a sentence."""
    return f"Of this call the journal does not tell: {', '.join(lacks)}." if lacks else ""
