"""The authorities that a user adds for an environment, kept among the settings: certificates are no secret.

A catalogue file's ``authorities`` keep their one meaning: exactly these count. What the user adds counts beside them,
and beside the system's where no file pins the environment.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from caiso_desktop.keystore.certificate import describe, is_authority
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.identity import Certificate, Trust
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.settings import Settings
from caiso_desktop.model.trust import Trusting

MAXIMUM = 1_000_000
"""Bytes of a file; a bundle of all the world's roots has a fifth."""

MOST = 50
"""Authorities in one file: more is a bundle of the world's, which the system has already."""

_Added: TypeAlias = tuple[list[str], bool]
"""Certificates as PEM, and whether they alone count."""

_ADVICE = "Choose the authority's certificate as a .pem, .crt, .cer, .der or .p7b file."


class SettingsAuthorities:
    """The port `caiso_desktop.model.trust.Authorities`; ``given`` is what the catalogue says of an environment."""

    def __init__(
        self, settings: Settings, given: Callable[[str], Trust], clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._settings = settings
        self._given = given
        self._clock = clock

    def trusting(self, environment: str) -> Trusting:
        """What counts."""
        added, pinned = self._read(environment)
        given = self._given(environment)
        fixed = bool(given.authorities) and not given.beside_system
        return Trusting(
            added=tuple(_described(pem) for pem in added),
            given=tuple(describe(each) for pem in given.authorities for each in x509.load_pem_x509_certificates(pem)),
            exactly=fixed or pinned,
            fixed=fixed,
        )

    def trust(self, environment: str) -> Trust:
        """What counts, for a transport."""
        added, pinned = self._read(environment)
        given = self._given(environment)
        pems = (*given.authorities, *(pem.encode("ascii") for pem in added))
        fixed = bool(given.authorities) and not given.beside_system
        return Trust(pems, beside_system=bool(pems) and not (fixed or pinned))

    def add(self, environment: str, files: Sequence[bytes]) -> Sequence[Certificate]:
        """Add authorities."""
        found = [each for data in files for each in self._checked(data)]
        given = {each.thumbprint for each in self.trusting(environment).given}
        new: dict[str, tuple[str, Certificate]] = {}

        def with_new(added: list[str], pinned: bool) -> _Added:  # noqa: FBT001  # a pair taken apart
            known = {_described(pem).thumbprint for pem in added} | given
            new.clear()
            for each in found:
                told = describe(each)
                if told.thumbprint not in known:
                    new[told.thumbprint] = (each.public_bytes(Encoding.PEM).decode("ascii"), told)
            return [*added, *(pem for pem, _ in new.values())], pinned

        self._change(environment, with_new)
        return [told for _, told in new.values()]

    def remove(self, environment: str, thumbprint: str) -> None:
        """Take one away."""
        wanted = thumbprint.replace(":", "").upper()

        def without(added: list[str], pinned: bool) -> _Added:  # noqa: FBT001  # a pair taken apart
            left = [pem for pem in added if _described(pem).thumbprint != wanted]
            if not wanted or len(left) == len(added):
                raise UsageError(f"no authority with the fingerprint {thumbprint or '(none)'} was added here.")
            # Without any there is nothing to pin to: the system's count again.
            return left, pinned and bool(left)

        self._change(environment, without)

    def pin(self, environment: str, *, exactly: bool) -> None:
        """Trust these alone, or the system's too."""
        now = self.trusting(environment)
        if now.fixed and not exactly:
            raise UsageError(
                "a catalogue file of the company or yours says that its authorities alone count here.",
                advice="Change that file, or ask whoever keeps it.",
            )

        def pinned_so(added: list[str], pinned: bool) -> _Added:  # noqa: FBT001  # a pair taken apart
            if exactly and not (added or now.given):
                raise UsageError("no authority was added yet, so no server would be trusted.", advice="Add one first.")
            return added, exactly

        self._change(environment, pinned_so)

    def _checked(self, data: bytes) -> Sequence[x509.Certificate]:
        found = read_authorities(data)
        if len(found) > MOST:
            raise UsageError(
                f"the file holds {len(found)} certificates.", advice="Choose the one authority's own file."
            )
        now = self._clock()
        for each in found:
            name = describe(each).common_name
            if not is_authority(each):
                raise UsageError(
                    f"{name} is not the certificate of an authority: it may not issue others.", advice=_ADVICE
                )
            if each.not_valid_after_utc < now:
                raise UsageError(
                    f"the certificate of {name} has expired on {each.not_valid_after_utc:%Y-%m-%d}.", advice=_ADVICE
                )
        return found

    def _read(self, environment: str) -> _Added:
        return self._understood(environment, self._settings.get(_setting(environment)))

    def _understood(self, environment: str, text: str | None) -> _Added:
        """What was added; a damaged setting is as if nothing had been."""
        try:
            plain = json.loads(text or "{}")
            added = [str(pem) for pem in plain.get("added", ())]
            for pem in added:
                _described(pem)
            return added, plain.get("exactly") is True and bool(added or self._given(environment).authorities)
        except (ValueError, TypeError, AttributeError):
            return [], False

    def _change(self, environment: str, make: Callable[[list[str], bool], _Added]) -> None:
        """Make it of what stands there now: the command line may have pinned it since, which nobody undoes so."""

        def written(text: str | None) -> str:
            added, pinned = make(*self._understood(environment, text))
            return json.dumps({"added": added, "exactly": pinned})

        self._settings.change(_setting(environment), written)


def read_authorities(data: bytes) -> Sequence[x509.Certificate]:
    """The certificates in a file, PEM, DER or P7B, at least one. `UsageError` in words."""
    if len(data) > MAXIMUM:
        raise UsageError("the file is far too big to be an authority's certificate.", advice=_ADVICE)
    try:
        if b"-----BEGIN PKCS7-----" in data:
            found = pkcs7.load_pem_pkcs7_certificates(data)
        elif b"-----BEGIN " in data:
            found = x509.load_pem_x509_certificates(data)
        else:
            found = _from_der(data)
        for each in found:
            describe(each)
    except Exception as error:
        raise UsageError("the file holds no certificate that can be read.", advice=_ADVICE) from error
    if not found:
        raise UsageError("the file holds no certificate.", advice=_ADVICE)
    return found


def _from_der(data: bytes) -> list[x509.Certificate]:
    try:
        return [x509.load_der_x509_certificate(data)]
    except ValueError:
        return pkcs7.load_der_pkcs7_certificates(data)


def _described(pem: str) -> Certificate:
    return describe(x509.load_pem_x509_certificate(pem.encode("ascii")))


def _setting(environment: str) -> str:
    return f"trust.{environment}"
