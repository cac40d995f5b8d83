"""What speaks against showing a certificate, said before anything is sent; and when to see to its renewal.

CAISO issues each user a certificate through the company's user access administrator, whose name for the request is
the Application Access Request (systems access information document).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from caiso_desktop.model.answer import Note, Severity
from caiso_desktop.model.identity import Certificate, Identity

WARNING_DAYS = (60, 30, 14, 7, 1)
"""Days before a certificate's end on which its user is told."""

WHOM_TO_ASK = "Ask your company's user access administrator for the renewal; CAISO issues it to a Windows computer."

_CAISO = ("caiso", "california iso", "california independent system operator")


def days_left(certificate: Certificate, now: datetime) -> int:
    """Whole days until a certificate expires; negative once it has."""
    return (certificate.not_after - now) // timedelta(days=1)


def warning_step(certificate: Certificate, now: datetime) -> int | None:
    """The last of `WARNING_DAYS` that has been reached, 0 once it has expired, None while there is time.

    A warning is due when the step is another than the one that was shown last.
    """
    if certificate.not_after <= now:
        return 0
    left = certificate.not_after - now
    return min((step for step in WARNING_DAYS if left <= timedelta(days=step)), default=None)


def expiry_concern(certificate: Certificate, now: datetime) -> Note | None:
    """What is said of a certificate's end; None while there is time."""
    step = warning_step(certificate, now)
    if step is None:
        return None
    day = _day(certificate.not_after)
    if step == 0:
        return Note(
            Severity.ERROR,
            "The certificate has expired",
            f"{certificate.common_name} was valid until {day}. CAISO's services refuse it.",
            WHOM_TO_ASK,
        )
    left = days_left(certificate, now)
    when = "today or tomorrow" if left < 1 else f"in {left} day{'' if left == 1 else 's'}"
    return Note(
        Severity.WARNING,
        f"The certificate expires {when}",
        f"{certificate.common_name} is valid until {day}.",
        WHOM_TO_ASK,
    )


def concerns(
    certificate: Certificate,
    now: datetime,
    *,
    environment: str,
    worked: Mapping[str, datetime],
    caiso: bool = True,
    name: Callable[[str], str] = str,
) -> tuple[Note, ...]:
    """All that speaks against a certificate in an environment, gravest first; empty when nothing does.

    ``environment`` is the environment's id, ``worked`` says by id where and when the certificate was accepted last.
    ``caiso`` is False for environments that are not CAISO's, such as the simulator. ``name`` gives the name that a
    person knows an environment by.
    """
    found: list[Note] = []
    if certificate.not_before > now:
        found.append(
            Note(
                Severity.ERROR,
                "The certificate is not valid yet",
                f"{certificate.common_name} is valid from {_day(certificate.not_before)}.",
                "Check the date of this computer; else wait, and use the former certificate until then.",
            )
        )
    expiry = expiry_concern(certificate, now)
    if expiry is not None:
        found.append(expiry)
    if not certificate.client_use:
        found.append(
            Note(
                Severity.ERROR,
                "The certificate is not made for this",
                "Its extensions do not allow client authentication, so a server refuses it.",
                "Choose the one that CAISO issued to you.",
            )
        )
    if caiso and not issued_by_caiso(certificate):
        found.append(
            Note(
                Severity.WARNING,
                "The certificate is not CAISO's",
                f"It was issued by {certificate.issuer}.",
                "CAISO's services accept certificates of their own authority only. Choose the one that CAISO issued.",
            )
        )
    if caiso and environment not in worked:
        elsewhere = f" It has worked in {', '.join(sorted(map(name, worked)))}." if worked else ""
        found.append(
            Note(
                Severity.INFO,
                "The certificate is new here",
                f"It has not been used in {name(environment)} from this computer yet.{elsewhere}",
                "Make sure that it is the one for this environment.",
            )
        )
    return tuple(sorted(found, key=lambda note: _GRAVITY.index(note.severity)))


_GRAVITY = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def issued_by_caiso(certificate: Certificate) -> bool:
    """Whether the issuer's name says that it is CAISO's authority: a name proves nothing, the server does."""
    issuer = certificate.issuer.casefold()
    return any(name in issuer for name in _CAISO)


def renewals(current: Certificate, identities: Sequence[Identity]) -> tuple[Identity, ...]:
    """The identities that renew a certificate: the same subject and a later end; the latest first."""
    found = [
        identity
        for identity in identities
        if identity.certificate.subject == current.subject and identity.certificate.not_after > current.not_after
    ]
    return tuple(sorted(found, key=lambda identity: identity.certificate.not_after, reverse=True))


def differences(old: Certificate, new: Certificate) -> tuple[tuple[str, str, str], ...]:
    """In what two certificates differ: a name, the old and the new value as a person reads them."""
    rows = (
        ("Subject", old.subject, new.subject),
        ("Issuer", old.issuer, new.issuer),
        ("Serial number", f"{old.serial:X}", f"{new.serial:X}"),
        ("Valid from", _day(old.not_before), _day(new.not_before)),
        ("Valid until", _day(old.not_after), _day(new.not_after)),
        ("Key", f"RSA {old.key_bits}", f"RSA {new.key_bits}"),
        ("Thumbprint (SHA-256)", old.thumbprint, new.thumbprint),
    )
    return tuple(row for row in rows if row[1] != row[2])


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
