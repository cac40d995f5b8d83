"""Tries a certificate: its key signs as WS-Security would, then a host is shown it and asked for a page."""

import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from caiso_desktop.model.answer import Note, Severity
from caiso_desktop.model.cabinet import Cabinet, TrackRecord
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, Fate, HostNotApproved, UsageError
from caiso_desktop.model.guard import KnownHosts, is_own
from caiso_desktop.model.identity import Hash, Identity, IdentityRef, Padding, Trust
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.service import Catalogue
from caiso_desktop.model.transport import Limits, Request, Response, Transport
from caiso_desktop.model.trial import Door, Stage, Tried, Verdict

LIMITS = Limits(total=180)
"""A host that is slow to refuse counts as slow, not as refusing."""


class CertificateTrial:
    """The port `caiso_desktop.model.trial.Trial`.

    ``transport`` makes one for each trial, which is closed after it: over a kept connection nothing would be shown.
    """

    def __init__(
        self,
        cabinet: Cabinet,
        catalogue: Callable[[], Catalogue],
        record: TrackRecord,
        hosts: KnownHosts,
        trust: Callable[[str], Trust],
        transport: Callable[[], Transport],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._cabinet = cabinet
        self._catalogue = catalogue
        self._record = record
        self._hosts = hosts
        self._trust = trust
        self._transport = transport
        self._clock = clock

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
        tell: Callable[[Tried], None],
    ) -> Verdict:
        """Try a certificate."""
        door = self._door(environment, application)
        identity = self._cabinet.open(ref)
        host = urlsplit(door.url).hostname or ""
        if not is_own(host) and not self._hosts.approved(host, ref.thumbprint):
            raise HostNotApproved(host, ref.thumbprint, identity.certificate.common_name)
        began = time.monotonic()
        identity.signer.sign(bytes(20), Hash.SHA1, Padding.PKCS1)
        tell(Tried(Stage.SIGNATURE, "made", time.monotonic() - began))
        if token.cancelled:
            raise Cancelled("The test was stopped.", fate=Fate.NOT_SENT)
        response = self._ask(identity, environment, door, token)
        for tried in _told(response, door):
            tell(tried)
        if response.status in (401, 403):
            return Verdict(accepted=False, note=_refused(response, host))
        self._record.note(ref, environment, self._clock())
        return Verdict(accepted=True, note=_accepted(response, host))

    def _door(self, environment: str, application: str | None) -> Door:
        place, catalogue = self._catalogue().environment(environment), self._catalogue()
        wanted = catalogue.application(application).id if application is not None else None
        for door in self.doors(place.id):
            if wanted in (None, door.application):
                return door
        raise UsageError(f"{application or 'nothing'} can be reached with a certificate in {environment}.")

    def _ask(self, identity: Identity, environment: str, door: Door, token: CancelToken) -> Response:
        transport = self._transport()
        try:
            with tempfile.TemporaryDirectory(prefix="caiso-") as folder:
                request = Request(
                    url=door.url,
                    headers=(),
                    body=b"",
                    keep=Path(folder) / "answer",
                    hosts=self._catalogue().hosts(environment),
                    identity=identity,
                    trust=self._trust(environment),
                    limits=LIMITS,
                    method="GET",
                )
                return transport.send(request, token)
        finally:
            transport.close()


def _told(response: Response, door: Door) -> Sequence[Tried]:
    timings, tls = response.timings, response.tls
    where = urlsplit(door.url).netloc
    return (
        Tried(Stage.CONNECTION, f"to {where}", timings.connect),
        Tried(Stage.HANDSHAKE, f"{tls.version}, {tls.cipher}" if tls is not None else "without TLS", timings.tls),
        Tried(Stage.ANSWER, f"{response.status} {response.reason} from {door.url}".replace("  ", " "), timings.wait),
    )


def _accepted(response: Response, host: str) -> Note:
    page = "" if response.status < 400 else " That there is no page at the base address is usual."
    return Note(
        Severity.INFO,
        "The certificate was accepted",
        f"{host} agreed on a secure connection with it and answered {response.status}.{page}",
    )


def _refused(response: Response, host: str) -> Note:
    return Note(
        Severity.ERROR,
        "The certificate was not accepted",
        f"{host} answered {response.status}: it does not accept this certificate.",
        "Choose the one that CAISO issued for this environment, or ask your user access administrator for the access.",
    )
