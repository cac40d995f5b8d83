"""The guard in front of the real market: what its sheet shows, what must be typed, and for how long that holds.

A `Permit` is what somebody typed, bound by a `Seal` to exactly one call: environment, address, payload, certificate.
Whoever sends asks `refusal`; nothing else lets a submit through. Nothing here can be switched off or remembered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from caiso_desktop.model.error import GuardError
from caiso_desktop.model.policy import Policy
from caiso_desktop.model.reading import Difference, Reading
from caiso_desktop.model.service import Environment, Kind
from caiso_desktop.model.source import Payload, PayloadFile

PRODUCTION = "PRODUCTION"
"""What is typed where no scheduling coordinator is found in the payload."""

OWN_DOMAINS = ("caiso.com", "ecn.wepex.net")
"""The domains whose hosts a certificate of CAISO may be shown to, where the catalogue names them."""

ARMED_FOR = timedelta(minutes=5)
APPROVED_FOR = timedelta(hours=12)
_MOST_TYPED = 3


@dataclass(frozen=True, slots=True)
class Seal:
    """What a permit is for; any change of it makes another seal. ``payload`` is the SHA-256 (hex)."""

    environment: str
    url: str
    payload: str
    thumbprint: str

    @classmethod
    def of(cls, environment: str, url: str, payload: Payload, thumbprint: str) -> "Seal":
        """The seal of a call."""
        return cls(environment, url, hash_of(payload), thumbprint)


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person's word for one payload; ``by`` and the sender are names of the operating system's users."""

    payload: str
    by: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Permit:
    """What somebody typed to let one call through, and when (with a zone)."""

    seal: Seal
    typed: str
    given: datetime
    approval: Approval | None = None


class KnownHosts(Protocol):
    """Which hosts outside CAISO's domains a certificate may be shown to; each was approved by the user, by name."""

    def approved(self, host: str, thumbprint: str) -> bool:
        """Whether this certificate may be shown to this host."""
        ...

    def approve(self, host: str, thumbprint: str) -> None:
        """Remember that it may, for this certificate alone."""
        ...


class Approvals(Protocol):
    """Where second persons leave their word."""

    def find(self, payload_hash: str) -> Approval | None:
        """The newest approval of a payload, None where there is none; `StorageError` where that cannot be read."""
        ...

    def give(self, payload: Payload) -> Approval:
        """Approve a payload in the name of the user who runs the program; `StorageError` where it cannot be left."""
        ...


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is shown before a submit to the real market, read from the payload itself.

    ``verdict`` says in words what the schema thinks, ``invalid`` that it speaks against sending. ``difference`` is from
    the last submit of the service, None where there is none, or none that can be read. ``doubt`` says what could not
    be read.
    """

    environment: Environment
    seal: Seal
    service: str
    host: str
    subject: str
    reading: Reading
    verdict: str = ""
    difference: Difference | None = None
    doubt: str = ""
    invalid: bool = False

    @property
    def word(self) -> str:
        """What must be typed."""
        return word_to_type(self.reading)

    def arm(self, typed: str, now: datetime, approval: Approval | None = None) -> Permit:
        """The permit for what this sheet shows; `GuardError` where something else was typed."""
        if not is_typed(typed, self.reading):
            raise GuardError(_mistyped(self.reading), advice="Type it exactly as it is written.")
        return Permit(self.seal, typed, now, approval)


@lru_cache(maxsize=256)
def is_own(host: str) -> bool:
    """Whether a host belongs to CAISO's domains, or is this computer (the simulator)."""
    name = host.lower().rstrip(".")
    if any(name == domain or name.endswith(f".{domain}") for domain in OWN_DOMAINS):
        return True
    return is_this_computer(host)


@lru_cache(maxsize=256)
def is_this_computer(host: str) -> bool:
    """Whether a host is this computer, where only a simulator answers."""
    import ipaddress  # imported late: the window's first paint does not need it

    name = host.lower().rstrip(".")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def is_guarded(environment: Environment, kind: Kind) -> bool:
    """Whether a call has to pass the guard: everything but a retrieve, where the real market is."""
    return environment.guarded and kind is not Kind.RETRIEVE


def word_to_type(reading: Reading) -> str:
    """The scheduling coordinators (all, where there are up to three), else the word for Production."""
    found = reading.scheduling_coordinators
    return " ".join(found) if 0 < len(found) <= _MOST_TYPED else PRODUCTION


def is_typed(typed: str, reading: Reading) -> bool:
    """Whether what was typed is what had to be; several coordinators in any order, with spaces or commas between."""
    return sorted(typed.replace(",", " ").split()) == sorted(word_to_type(reading).split())


def hash_of(payload: Payload) -> str:
    """The SHA-256 of a payload, in hex."""
    if isinstance(payload, PayloadFile):
        return payload.hash
    import hashlib  # imported late: the window's first paint does not need it

    return hashlib.sha256(payload).hexdigest()


def refusal(permit: Permit | None, seal: Seal, reading: Reading, policy: Policy, now: datetime, *, user: str) -> str:
    """Why a guarded call may not leave, as a sentence; empty where it may. ``user`` is who sends."""
    if not policy.production_submits:
        return "your company's policy does not allow submits to the real market from this computer."
    if permit is None:
        return f"a submit to the real market wants '{word_to_type(reading)}' typed first."
    if permit.seal != seal:
        return f"{_changed(permit.seal, seal)} changed after it was let through; look at it again."
    if not is_typed(permit.typed, reading):
        return _mistyped(reading)
    # A clock that was set back must not make a permit last longer.
    if not timedelta(0) <= now - permit.given <= ARMED_FOR:
        return f"it was let through more than {ARMED_FOR // timedelta(minutes=1)} minutes ago; look at it again."
    return _unapproved(permit.approval, seal, now, user) if policy.second_person else ""


def disarms(permit: Permit, seal: Seal, now: datetime) -> bool:
    """Whether an armed tab is no longer armed: something changed, or five minutes have passed."""
    return permit.seal != seal or not timedelta(0) <= now - permit.given <= ARMED_FOR


def _unapproved(approval: Approval | None, seal: Seal, now: datetime, user: str) -> str:
    if approval is None or approval.payload != seal.payload:
        return (
            "your company's policy wants a second person's approval of this very payload "
            f"(its SHA-256 begins with {seal.payload[:12]})."
        )
    if approval.by.casefold() == user.casefold():
        return "your company's policy wants a second person's approval, and this one is your own."
    if not timedelta(0) <= now - approval.when <= APPROVED_FOR:
        return f"the approval by {approval.by} is older than {APPROVED_FOR // timedelta(hours=1)} hours."
    return ""


def _changed(before: Seal, after: Seal) -> str:
    names = (
        ("environment", "the environment"),
        ("url", "the address"),
        ("payload", "the payload"),
        ("thumbprint", "the certificate"),
    )
    changed = [words for name, words in names if getattr(before, name) != getattr(after, name)]
    return " and ".join(changed)


def _mistyped(reading: Reading) -> str:
    word = word_to_type(reading)
    of = "" if word == PRODUCTION else ", the scheduling coordinator of this payload"
    return f"what was typed is not '{word}'{of}."
