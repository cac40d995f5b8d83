"""Tries a certificate: the connection doctor's steps to one host with it, without calling a service."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from caiso_desktop.model.answer import Note, Severity
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.doctor import Chart, Doctor, Finding, Order, Place, Step
from caiso_desktop.model.doctor import Verdict as Found
from caiso_desktop.model.error import Cancelled, Fate, HostNotApproved, UsageError
from caiso_desktop.model.guard import KnownHosts, is_own
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.trial import TRIED, Door, Verdict

_REFUSED = ("HTTP 401", "HTTP 403")


class CertificateTrial:
    """The port `caiso_desktop.model.trial.Trial`."""

    def __init__(self, doctor: Doctor, catalogue: Callable[[], Catalogue], hosts: KnownHosts) -> None:
        self._doctor = doctor
        self._catalogue = catalogue
        self._hosts = hosts

    def doors(self, environment: str) -> Sequence[Door]:
        """What can be tried in an environment: every application whose services ask for a certificate."""
        found = []
        for application in self._catalogue().applications:
            reach = application.reach.get(environment)
            if reach is not None and reach.base is not None and reach.base.startswith("https"):
                found.append(Door(application.id, application.acronym, reach.base))
        return found

    def run(
        self,
        ref: IdentityRef,
        environment: str,
        application: str | None,
        token: CancelToken,
        tell: Callable[[Finding], None],
    ) -> Verdict:
        """Try a certificate."""
        door = self._door(environment, application)
        plan = self._doctor.plan(Order(environment, ref, door.application, retrieve=False))
        host = urlsplit(door.url).hostname or ""
        if plan.certificate is not None and not is_own(host) and not self._hosts.approved(host, ref.thumbprint):
            raise HostNotApproved(host, ref.thumbprint, plan.certificate.common_name)

        def found(place: Place | None, finding: Finding) -> None:
            if finding.step in TRIED:
                tell(finding)

        here = tuple(place for place in plan.places if place.host == host)[:1]
        examination = self._doctor.examine(replace(plan, places=here), token, found)
        if examination.stopped:
            raise Cancelled("The test was stopped.", fate=Fate.NOT_SENT)
        return _judged(examination.charts, host)

    def _door(self, environment: str, application: str | None) -> Door:
        place, catalogue = self._catalogue().environment(environment), self._catalogue()
        wanted = catalogue.application(application).id if application is not None else None
        for door in self.doors(place.id):
            if wanted in (None, door.application):
                return door
        raise UsageError(f"{application or 'nothing'} can be reached with a certificate in {environment}.")


def _judged(charts: Sequence[Chart], host: str) -> Verdict:
    """What the steps mean for the certificate. Raises what a step ended with, before an answer came."""
    findings = {finding.step: finding for chart in charts for finding in chart.findings}
    status = dict(findings[Step.HTTP].facts).get("Status", "")
    if not status:
        for finding in findings.values():
            if finding.error is not None:
                raise finding.error
    if status.startswith(_REFUSED):
        return Verdict(accepted=False, note=_refused(host, status))
    shown = findings[Step.CERTIFICATE]
    if shown.verdict is not Found.OK:
        return Verdict(accepted=False, note=Note(Severity.WARNING, "Nothing was proven", shown.sentence, shown.advice))
    return Verdict(accepted=True, note=_accepted(host, status))


def _accepted(host: str, status: str) -> Note:
    usual = " That there is no page at the base address is usual." if status.startswith("HTTP 404") else ""
    return Note(
        Severity.INFO,
        "The certificate was accepted",
        f"{host} agreed on a secure connection with it and answered {status}.{usual}",
    )


def _refused(host: str, status: str) -> Note:
    return Note(
        Severity.ERROR,
        "The certificate was not accepted",
        f"{host} answered {status}: it does not accept this certificate.",
        "Choose the one that CAISO issued for this environment, or ask your user access administrator for the access.",
    )
