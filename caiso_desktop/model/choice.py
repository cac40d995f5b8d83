"""Which certificate is used where: the user's choice for each environment, and never silently another one.

A choice is remembered by store and thumbprint, together with what the certificate said: so one that is not there any
more can still be named, and compared with the one that renewed it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from caiso_desktop.model.concern import issued_by_caiso, renewals
from caiso_desktop.model.identity import Certificate, Identity, IdentityRef
from caiso_desktop.model.settings import Settings

NOBODY = ""
"""What is remembered where the user chose to show no certificate."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an environment's choice stands.

    ``identity`` is to be used, None where nobody is; ``missing`` was chosen and is not there now (its ``der`` is
    empty); ``renewal`` renews either of them, and the user has not said no to it yet.
    """

    identity: Identity | None = None
    missing: Certificate | None = None
    renewal: Identity | None = None

    @property
    def certificate(self) -> Certificate | None:
        """The certificate that was chosen, there or not."""
        return self.identity.certificate if self.identity is not None else self.missing


class Choices:
    """The choices among the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def remember(self, environment: str, identity: Identity | None) -> None:
        """Use this one (None: none) in an environment, by its id, from now on."""
        ref = str(identity.ref) if identity is not None else NOBODY
        if identity is not None:
            self._settings.set(f"certificate.{ref}", _told(identity.certificate))
        self._settings.set(f"identity.{environment}", ref)

    def made(self, environment: str) -> bool:
        """Whether anything is remembered for an environment."""
        return self._settings.get(f"identity.{environment}") is not None

    def decline(self, environment: str, renewal: Identity) -> None:
        """Offer a renewal in this environment no more."""
        self._settings.set(f"declined.{environment}", str(renewal.ref))

    def standing(self, environment: str, found: Sequence[Identity], *, lasting: bool = True) -> Standing:
        """How the choice stands among the identities found.

        Where nothing was chosen yet and there is only one, that is taken; whoever begins to use it remembers it, so
        that no other comes into its place unasked. Not ``lasting``: an environment whose certificates are made anew at
        each start.
        """
        text = self._settings.get(f"identity.{environment}")
        chosen = next((identity for identity in found if str(identity.ref) == text), None)
        if not lasting:
            usual = found[0] if found and text != NOBODY and (text is not None or len(found) == 1) else None
            return Standing(chosen or usual)
        if text is None:
            candidates = [identity for identity in found if not identity.certificate.log_on_use]
            chosen = candidates[0] if len(candidates) == 1 else None
        missing = self._recalled(text) if chosen is None and text else None
        standing = Standing(chosen, missing)
        return Standing(chosen, missing, self._renewal(environment, standing.certificate, found))

    def used_in(self, ref: IdentityRef, environments: Iterable[str]) -> tuple[str, ...]:
        """Those of the environments (ids) for which a certificate is chosen."""
        return tuple(each for each in environments if self._settings.get(f"identity.{each}") == str(ref))

    def _renewal(self, environment: str, old: Certificate | None, found: Sequence[Identity]) -> Identity | None:
        if old is None or not old.subject:
            return None
        newer = next((each for each in renewals(old, found) if not each.certificate.log_on_use), None)
        declined = newer is not None and self._settings.get(f"declined.{environment}") == str(newer.ref)
        return None if declined else newer

    def _recalled(self, ref: str) -> Certificate:
        """What is remembered of a certificate; only its thumbprint where the rest cannot be read."""
        thumbprint = ref.rpartition(":")[2]
        try:
            facts = json.loads(self._settings.get(f"certificate.{ref}") or "{}")
            return Certificate(
                der=b"",
                subject=str(facts["subject"]),
                issuer=str(facts["issuer"]),
                serial=int(str(facts["serial"]), 16),
                thumbprint=thumbprint,
                not_before=datetime.fromisoformat(facts["not_before"]),
                not_after=datetime.fromisoformat(facts["not_after"]),
                key_bits=int(facts["key_bits"]),
            )
        except (ValueError, TypeError, KeyError):
            return Certificate(b"", "", "", 0, thumbprint, _EVER, _EVER)


_EVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def in_order(found: Iterable[Identity]) -> tuple[Identity, ...]:
    """As a person looks for them: CAISO's first, those for logging on with a smart card last; the newest first."""
    return tuple(sorted(found, key=_order))


def missing_words(certificate: Certificate, place: str) -> str:
    """That a chosen certificate is not there; ``place`` is the environment's name."""
    name = certificate.common_name or f"with the thumbprint {certificate.thumbprint[:12]}…"
    return f"The certificate chosen for {place}, {name}, is not on this computer now. No other one is used instead."


def _order(identity: Identity) -> tuple[bool, bool, str, float]:
    own = identity.certificate
    return own.log_on_use, not issued_by_caiso(own), own.common_name.casefold(), -own.not_after.timestamp()


def _told(certificate: Certificate) -> str:
    facts = {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": f"{certificate.serial:X}",
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "key_bits": certificate.key_bits,
    }
    return json.dumps(facts, sort_keys=True, ensure_ascii=False)
