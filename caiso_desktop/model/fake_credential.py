"""Fakes beside the ports to a person's certificates: in memory, with files that say what is in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from caiso_desktop.model.answer import Note, Severity
from caiso_desktop.model.cabinet import ImportPlace
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.credential import Credentials
from caiso_desktop.model.doctor import Finding, Step
from caiso_desktop.model.doctor import Verdict as Found
from caiso_desktop.model.error import CaisoError, IdentityError, PasswordNeeded, UsageError
from caiso_desktop.model.fake import FakeIdentities, fake_identity
from caiso_desktop.model.identity import Identity, IdentityRef
from caiso_desktop.model.trial import Door, Verdict


class FakeRecord:
    """Remembers as long as it lives."""

    def __init__(self) -> None:
        self._worked: dict[IdentityRef, dict[str, datetime]] = {}

    def note(self, ref: IdentityRef, environment: str, moment: datetime) -> None:
        """Remember."""
        self._worked.setdefault(ref, {})[environment] = moment

    def worked(self, ref: IdentityRef) -> Mapping[str, datetime]:
        """What was remembered."""
        return self._worked.get(ref, {})


@dataclass
class FakeCabinet:
    """Certificates by environment as `FakeIdentities` has them; imports go to every environment but the simulator.

    A file is ``NAME`` or ``NAME:PASSWORD`` in UTF-8. ``failure`` is raised instead of an import.
    """

    by_environment: FakeIdentities
    troubles: list[CaisoError] = field(default_factory=list)
    failure: CaisoError | None = None
    imported: list[tuple[str, str | None]] = field(default_factory=list)

    def identities(self) -> Sequence[Identity]:
        """Every one, once."""
        if self.by_environment.failure is not None:
            return ()
        known = (
            each for name, some in self.by_environment.by_environment.items() if name != "simulator" for each in some
        )
        return tuple({identity.ref: identity for identity in known}.values())

    def problems(self) -> Sequence[CaisoError]:
        """What a test has named."""
        failure = self.by_environment.failure
        return (*self.troubles, *([failure] if failure is not None else []))

    def open(self, ref: IdentityRef) -> Identity:
        """The one of this reference."""
        for identity in self.identities():
            if identity.ref == ref:
                return identity
        raise IdentityError("it is not there.")

    def import_places(self) -> Sequence[ImportPlace]:
        """Two."""
        return (
            ImportPlace("vault", "This program's vault", "Encrypted here."),
            ImportPlace(
                "vault-with-passphrase", "The vault, with a passphrase of yours", "You type it once a session."
            ),
        )

    def import_files(self, files: Sequence[bytes], password: str | None, place: str) -> Identity:
        """Take it in where the password is right."""
        name, _, wanted = files[0].decode().strip().partition(":")
        if wanted and password != wanted:
            raise PasswordNeeded("it does not open with this password." if password else "it has a password.")
        if self.failure is not None:
            raise self.failure
        self.imported.append((place, password))
        identity = fake_identity(name)
        for environment in ("map-stage", "production"):
            held = self.by_environment.by_environment.get(environment, ())
            self.by_environment.by_environment[environment] = (*held, identity)
        return identity

    def removal(self, ref: IdentityRef) -> str:
        """Its file."""
        if ref.store != "fake":
            raise UsageError("it is not deleted from here.", advice="Delete it where it is kept.")
        return "its file in the fake, with the key in it"

    def remove(self, ref: IdentityRef) -> None:
        """Take it out everywhere."""
        self.removal(ref)
        every = self.by_environment.by_environment
        for environment, held in every.items():
            every[environment] = tuple(each for each in held if each.ref != ref)


@dataclass
class FakeTrial:
    """Accepts everything at once; ``failure`` is raised after the first step, ``hold`` runs before the last."""

    record: FakeRecord
    failure: CaisoError | None = None
    accepts: bool = True
    hold: Callable[[CancelToken], object] = lambda token: None
    runs: list[tuple[IdentityRef, str, str | None]] = field(default_factory=list)

    def doors(self, environment: str) -> Sequence[Door]:
        """One."""
        return (Door("sibr", "SIBR", f"https://{environment}.example/sst/sibr/"),)

    def run(
        self,
        ref: IdentityRef,
        environment: str,
        application: str | None,
        token: CancelToken,
        tell: Callable[[Finding], None],
    ) -> Verdict:
        """Tell of two steps."""
        self.runs.append((ref, environment, application))
        tell(Finding(Step.KEY, Found.OK, "The key signs.", "", 0.012))
        self.hold(token)
        if self.failure is not None:
            raise self.failure
        tell(Finding(Step.TLS, Found.OK, "TLS 1.3, and the host proved its name.", "", 0.044))
        if not self.accepts:
            return Verdict(
                accepted=False, note=Note(Severity.ERROR, "The certificate was not accepted", "403.", "Ask.")
            )
        self.record.note(ref, environment, datetime.now(UTC))
        return Verdict(accepted=True, note=Note(Severity.INFO, "The certificate was accepted", "It answered 404."))


class FakeCredentials:
    """All of them; ``ports`` is what the window is given."""

    def __init__(self, identities: FakeIdentities) -> None:
        self.record = FakeRecord()
        self.cabinet = FakeCabinet(identities)
        self.trial = FakeTrial(self.record)
        self.ports = Credentials(self.cabinet, self.record, self.trial)
