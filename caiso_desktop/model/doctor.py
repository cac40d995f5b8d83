"""The connection doctor: the steps between this computer and a host, and what was found at each.

The steps of a place come in the order of `STEPS`; a step that failed keeps those that need it from being tried, and
they say so. `Step.KEY` is about this computer and is tried once for all places.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.call import Call, Door
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.identity import Certificate, IdentityRef
from caiso_desktop.model.service import Environment, Target, Variant
from caiso_desktop.model.transport_error import TransportError


class Step(StrEnum):
    """What is tried; the value is the name that JSON has."""

    KEY = "key"
    NAME = "name"
    PROXY = "proxy"
    CONNECTION = "connection"
    TLS = "tls"
    CERTIFICATE = "certificate"
    HTTP = "http"
    CLOCK = "clock"
    RETRIEVE = "retrieve"

    @property
    def heading(self) -> str:
        """What a person calls it."""
        return _HEADINGS[self]


_HEADINGS = {
    Step.KEY: "Key signs",
    Step.NAME: "Name (DNS)",
    Step.PROXY: "Way (proxy)",
    Step.CONNECTION: "Connection (TCP)",
    Step.TLS: "Secure connection (TLS)",
    Step.CERTIFICATE: "Client certificate",
    Step.HTTP: "Answer (HTTP)",
    Step.CLOCK: "Clock",
    Step.RETRIEVE: "Signed retrieve",
}

STEPS = tuple(step for step in Step if step is not Step.KEY)
"""The steps of one place, in their order."""


class Verdict(StrEnum):
    """How a step ended; the value is the word a person reads."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    NOT_REACHED = "not reached"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a step found: a sentence, what to do, how long it took (seconds; None where nothing was timed).

    ``facts`` are name and value, for whoever looks closer: addresses, versions, the chain. ``error`` is what a failed
    step ended with, where it was an error and not an answer.
    """

    step: Step
    verdict: Verdict
    sentence: str
    advice: str = ""
    seconds: float | None = None
    facts: tuple[tuple[str, str], ...] = ()
    error: CaisoError | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Place:
    """One host and port of an environment.

    ``url`` is what the HTTP step asks for with an empty GET, ``applications`` are the acronyms that are called there,
    ``ips`` what the access document prints for the host (empty: nothing). A ``public`` place wants no certificate.
    ``service`` is the name of the one service whose address ``url`` is, empty where it is a base of many.
    ``retrieve`` is the call that would be made, signed but for ADS; where there is none, ``no_retrieve`` says why, as
    the end of a sentence.
    """

    host: str
    port: int
    url: str
    applications: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    public: bool = False
    service: str = ""
    retrieve: Call | None = None
    no_retrieve: str = ""

    @property
    def name(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"

    @property
    def intention(self) -> str:
        """Which call would be made, as the end of a sentence."""
        call = self.retrieve
        if call is None:
            return f"no signed retrieve: {self.no_retrieve}"
        target = call.target
        if target.variant is Variant.RPC:
            return (
                f"one retrieve, {target.procedure} of {target.service} {target.version}, unsigned: ADS goes by the "
                "certificate, and may sign out another client that uses it now"
            )
        return f"one signed retrieve, {f'{target.service} {target.version}'.strip()}"

    @property
    def secure(self) -> bool:
        """Whether its address begins with https."""
        return self.url.startswith("https:")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be examined: all of an environment (its id), an application (its id) of it, or one service's row.

    Without ``retrieve`` no service is called; without ``identity`` no certificate is shown. ``door`` stands in the
    journal with the retrieve.
    """

    environment: str
    identity: IdentityRef | None = None
    application: str = ""
    target: Target | None = None
    retrieve: bool = True
    door: Door = Door.WINDOW


@dataclass(frozen=True, slots=True)
class Plan:
    """What an examination will do, to be shown before it is done; ``certificate`` is the one that will be shown."""

    environment: Environment
    places: tuple[Place, ...]
    identity: IdentityRef | None = None
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """What was found at one place; without a place, what was found of this computer."""

    place: Place | None
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The gravest of its findings."""
        found = {finding.verdict for finding in self.findings}
        return next((each for each in (Verdict.FAILED, Verdict.WARNING) if each in found), Verdict.OK)


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was found, places in the order of the plan; ``stopped`` when the user did not wait for the end."""

    plan: Plan
    started: datetime
    seconds: float
    charts: tuple[Chart, ...]
    stopped: bool = False

    @property
    def verdict(self) -> Verdict:
        """The gravest of all."""
        found = {chart.verdict for chart in self.charts}
        return next((each for each in (Verdict.FAILED, Verdict.WARNING) if each in found), Verdict.OK)


Found = Callable[[Place | None, Finding], None]
"""Hears of each finding when it is made, on any thread; without a place it is about this computer."""


def ignore_finding(place: Place | None, finding: Finding) -> None:
    """For callers that wait for the end."""


class Doctor(Protocol):
    """Tries the steps to every place of a plan, several places side by side. Its fake is `fake_doctor.FakeDoctor`.

    It never submits: the only call it makes is a retrieve, through the courier with its guard and its journal.
    """

    def plan(self, order: Order) -> Plan:
        """What would be done; touches no network and no key. `UsageError` or `IdentityError` where it cannot be."""
        ...

    def examine(self, plan: Plan, token: CancelToken, found: Found) -> Examination:
        """Do it. A cancel ends every wait at once; what was not tried by then is `Verdict.NOT_REACHED`."""
        ...

    def redacted(self, examination: Examination, *, subject: bool) -> Examination:
        """For others: findings without the user's name and folders, and whose certificate it is unless ``subject``."""
        ...


def worth_examining(exchange: Exchange) -> bool:
    """Whether a call ended so that the way to the service may be what is wrong."""
    if isinstance(exchange.failure, TransportError):
        return True
    answer, response = exchange.answer, exchange.response
    if answer is None or response is None or answer.outcome in (Outcome.SUCCESS, Outcome.NO_DATA):
        return False
    return response.status in _ON_THE_WAY or (answer.outcome is Outcome.UNREADABLE and answer.fault is None)


_ON_THE_WAY = (301, 302, 303, 307, 308, 401, 403, 404, 407, 502, 503, 504)
