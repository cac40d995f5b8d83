"""The steps to one place, each tried where those before it let it."""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from caiso_desktop.doctor import ground, security, service
from caiso_desktop.doctor.tools import Tools
from caiso_desktop.doctor.watched import Watched
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.doctor import STEPS, Chart, Finding, Found, Place, Plan, Step, Verdict
from caiso_desktop.model.error import CaisoError, Cancelled, GuardError
from caiso_desktop.model.guard import is_own
from caiso_desktop.model.identity import Identity
from caiso_desktop.model.probe import TLS_VERSIONS, Handshake
from caiso_desktop.model.route import Route
from caiso_desktop.model.transport import Limits, Request, Response, ignore_progress
from caiso_desktop.model.transport_error import NameNotFound, ProxyError, TimedOut

PERSON = 180.0
"""Seconds for a GET with a certificate, in which a person may have to type a PIN."""

_BEGINNING = 64 << 10

_NEEDS = {
    Step.CONNECTION: (Step.NAME, Step.PROXY),
    Step.TLS: (Step.CONNECTION,),
    Step.CERTIFICATE: (Step.KEY, Step.TLS),
    Step.HTTP: (Step.KEY, Step.TLS, Step.CERTIFICATE),
    Step.CLOCK: (Step.KEY, Step.TLS, Step.CERTIFICATE),
    Step.RETRIEVE: (Step.KEY, Step.TLS, Step.CERTIFICATE),
}
"""Which steps must not have failed for one to be tried."""


class Visit:
    """The steps to one place; keeps what one step finds for the next."""

    def __init__(
        self,
        tools: Tools,
        plan: Plan,
        place: Place,
        identity: Identity | None,
        key: Finding | None,
        token: CancelToken,
    ) -> None:
        self._tools = tools
        self._plan = plan
        self._place = place
        self._identity = identity
        self._token = token
        self._verdicts = {Step.KEY: key.verdict} if key is not None else {}
        self._routes: Sequence[Route] = ()
        self._handshake = Handshake("", "", (), None, (), 0.0)
        self._response: Response | None = None
        self._failure: CaisoError | None = None
        self._beginning = ""

    def make(self, found: Found) -> Chart:
        """Try every step, and tell each finding when it is made."""
        tries: dict[Step, Callable[[], Finding]] = {
            Step.NAME: self._name,
            Step.PROXY: self._proxy,
            Step.CONNECTION: self._connection,
            Step.TLS: self._tls,
            Step.CERTIFICATE: self._certificate,
            Step.HTTP: self._http,
            Step.CLOCK: self._clock,
            Step.RETRIEVE: self._retrieve,
        }
        findings = []
        for step in STEPS:
            finding = self._with_followers(self._try(step, tries[step]))
            self._verdicts[step] = finding.verdict
            findings.append(finding)
            found(self._place, finding)
        return Chart(self._place, tuple(findings))

    def _try(self, step: Step, attempt: Callable[[], Finding]) -> Finding:
        if self._token.cancelled:
            return stopped(step)
        cause = next((each for each in _causes(step) if self._verdicts.get(each) is Verdict.FAILED), None)
        if cause is not None:
            return _not_tried(step, f"of the step “{cause.heading}”")
        begun = time.monotonic()
        try:
            return attempt()
        except Cancelled:
            return stopped(step)
        except CaisoError as error:
            return ground.failed(step, error, time.monotonic() - begun)

    def _with_followers(self, finding: Finding) -> Finding:
        """A failed step says which later ones cannot be tried because of it."""
        if finding.verdict is not Verdict.FAILED:
            return finding
        if finding.step is Step.HTTP:
            later = [Step.CLOCK, Step.RETRIEVE] if self._response is None else []
        else:
            later = [step for step in STEPS if finding.step in _causes(step)]
        names = ", ".join(step.heading for step in later)
        return replace(finding, facts=(*finding.facts, ("Cannot be tried", names))) if names else finding

    def _name(self) -> Finding:
        begun = time.monotonic()
        try:
            addresses = self._tools.probe.look_up(self._place.host, self._place.port, self._token)
        except (NameNotFound, TimedOut) as error:
            seconds = time.monotonic() - begun
            if self._proxied():
                return ground.name_left_to_the_proxy(error, seconds)
            return ground.failed(Step.NAME, error, seconds)
        return ground.name_found(self._place, addresses, time.monotonic() - begun)

    def _proxy(self) -> Finding:
        begun = time.monotonic()
        routes = self._find_ways()
        return ground.way_found(routes, time.monotonic() - begun)

    def _connection(self) -> Finding:
        begun = time.monotonic()
        place = self._place
        reached = self._tools.probe.reach(place.host, place.port, self._token, self._find_ways())
        return ground.connected(place, reached, time.monotonic() - begun)

    def _find_ways(self) -> Sequence[Route]:
        if not self._routes:
            self._routes = self._tools.probe.find_ways(self._place.host, self._place.port, self._token)
        return self._routes

    def _proxied(self) -> bool:
        """Whether the host is reached through a proxy, as far as that is known."""
        try:
            return self._find_ways()[0].proxy is not None
        except ProxyError:
            return False  # told by the step that is about it

    def _tls(self) -> Finding:
        place, probe = self._place, self._tools.probe
        if not place.secure:
            return Finding(Step.TLS, Verdict.SKIPPED, "The address begins with http: nothing is secured there.")
        trust = self._tools.trust(self._plan.environment.id)
        seen = self._handshake = probe.shake_hands(place.host, place.port, trust, self._token, self._routes)
        # Whoever says nothing would say nothing to the other versions either.
        others = () if isinstance(seen.failure, TimedOut) else TLS_VERSIONS
        offered = [
            version
            for version in others
            if version == seen.version
            or probe.shake_hands(place.host, place.port, trust, self._token, self._routes, version).version == version
        ]
        tools = self._tools
        finding = security.secured(seen, offered, tools.read, tools.clock(), tools.issuers.last(place.host))
        issuer = security.issuer(seen, tools.read)
        if seen.failure is None and issuer:
            tools.issuers.note(place.host, issuer)
        return finding

    def _certificate(self) -> Finding:
        place, identity = self._place, self._identity
        if not place.secure:
            return Finding(Step.CERTIFICATE, Verdict.SKIPPED, "A certificate is shown over https only.")
        approved = is_own(place.host) or (
            identity is not None and self._tools.hosts.approved(place.host, identity.certificate.thumbprint)
        )
        none = security.unshown(place, self._handshake, chosen=identity is not None, approved=approved)
        if none is not None or identity is None:
            if none is None or self._handshake.asked is False or place.public:
                self._ask(None)
            return none or Finding(Step.CERTIFICATE, Verdict.SKIPPED, "No certificate is chosen.")
        watched = Watched(identity)
        self._ask(watched)
        finding = security.shown(
            self._handshake,
            identity.certificate,
            signed=watched.used,
            response=self._response,
            failure=self._failure,
        )
        if finding.verdict is Verdict.OK and self._response is not None and self._response.status not in (401, 403):
            self._tools.record.note(identity.ref, self._plan.environment.id, self._response.started)
        return finding

    def _ask(self, identity: Identity | None) -> None:
        """Ask the host with an empty GET; what comes, or goes wrong, is for the steps that follow."""
        place = self._place
        with tempfile.TemporaryDirectory(prefix="caiso-") as folder:
            request = Request(
                url=place.url,
                headers=(),
                body=b"",
                keep=Path(folder) / "answer",
                hosts=frozenset({(place.host, place.port)}),
                identity=identity,
                trust=self._tools.trust(self._plan.environment.id),
                limits=Limits(connect=15, read=30, total=PERSON),
                method="GET",
            )
            try:
                self._response = self._tools.probe.ask(request, self._token)
                with self._response.body.open("rb") as file:
                    self._beginning = file.read(_BEGINNING).decode("latin-1")
            except Cancelled:
                raise
            except CaisoError as error:
                self._failure = error

    def _http(self) -> Finding:
        if self._response is None and self._failure is None and not self._place.secure:
            self._ask(None)
        if self._response is not None:
            return service.answered(self._place, self._response, self._beginning, self._tools.failures())
        if self._failure is None:
            return _not_tried(Step.HTTP, "no certificate was shown")
        return ground.failed(Step.HTTP, self._failure)

    def _clock(self) -> Finding:
        if self._response is None:
            return _not_tried(Step.CLOCK, "nothing answered")
        return service.told_time(self._response)

    def _retrieve(self) -> Finding:
        place = self._place
        if place.retrieve is None:
            return Finding(Step.RETRIEVE, Verdict.SKIPPED, f"None is made: {place.no_retrieve}.")
        if self._verdicts.get(Step.CERTIFICATE) is Verdict.SKIPPED:
            return Finding(Step.RETRIEVE, Verdict.SKIPPED, "The certificate is not shown to this host.")
        if self._response is None:
            return _not_tried(Step.RETRIEVE, "nothing answered")
        try:
            exchange = self._tools.courier.carry(place.retrieve, self._token, ignore_progress)
        except GuardError as error:
            return replace(service.unsent(error), verdict=Verdict.SKIPPED)
        if isinstance(exchange.failure, Cancelled):
            raise exchange.failure
        return service.retrieved(exchange)


def stopped(step: Step) -> Finding:
    """The finding for a step that was not tried, or not to its end, because the user did not wait."""
    return Finding(step, Verdict.NOT_REACHED, "Not tried: the examination was stopped.")


def _not_tried(step: Step, why: str) -> Finding:
    return Finding(step, Verdict.NOT_REACHED, f"Not tried, because {why}.")


def _causes(step: Step) -> tuple[Step, ...]:
    """Every step whose failure keeps one from being tried, in their order."""
    found = dict.fromkeys(_NEEDS.get(step, ()))
    for need in tuple(found):
        found.update(dict.fromkeys(_causes(need)))
    return tuple(each for each in Step if each in found)
