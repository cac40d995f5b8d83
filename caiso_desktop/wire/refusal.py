"""What a failure of TLS means: told from the alert's number and the verification's code, never from a message.

Alerts: RFC 8446, section 6, and the TLS Alerts registry of IANA. CPython gives an alert that came as the reason's name
in OpenSSL (``SSLV3_ALERT_CERTIFICATE_EXPIRED``); the words after ALERT are those of the registry.
"""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from caiso_desktop.model.error import Fate
from caiso_desktop.model.identity import Certificate
from caiso_desktop.model.transport_error import (
    ClientCertificateExpired,
    ClientCertificateMissing,
    ClientCertificateRefused,
    ServerNotTrusted,
    TlsFailed,
    TransportError,
)

ALERTS = {
    "HANDSHAKE_FAILURE": 40,
    "NO_CERTIFICATE": 41,
    "BAD_CERTIFICATE": 42,
    "UNSUPPORTED_CERTIFICATE": 43,
    "CERTIFICATE_REVOKED": 44,
    "CERTIFICATE_EXPIRED": 45,
    "CERTIFICATE_UNKNOWN": 46,
    "UNKNOWN_CA": 48,
    "ACCESS_DENIED": 49,
    "PROTOCOL_VERSION": 70,
    "INSUFFICIENT_SECURITY": 71,
    "INTERNAL_ERROR": 80,
    "UNRECOGNIZED_NAME": 112,
    "CERTIFICATE_REQUIRED": 116,
}

OF_A_CERTIFICATE = {
    41: "says that it was shown none",
    42: "finds it damaged or not signed as it should be",
    43: "does not accept its kind",
    44: "says that it has been revoked",
    46: "does not accept it",
    48: "does not know the authority that issued it",
    49: "denies it access",
    116: "says that it was shown none that fits",
}

NAME_CODES = {62, 64, 0x800B010F, -67602}
"""X509_V_ERR_HOSTNAME_MISMATCH and IP_ADDRESS_MISMATCH; Windows' CERT_E_CN_NO_MATCH; macOS' errSecHostNameMismatch."""

EXPIRED_CODES = {10, 0x800B0101, -67818}
"""X509_V_ERR_CERT_HAS_EXPIRED; CERT_E_EXPIRED; errSecCertificateExpired."""

EARLY_CODES = {9}
"""X509_V_ERR_CERT_NOT_YET_VALID."""

REVOKED_CODES = {23, 0x80092010, 0x800B010C, -67820}
"""X509_V_ERR_CERT_REVOKED; CRYPT_E_REVOKED, CERT_E_REVOKED; errSecCertificateRevoked."""

UNASKED_CODES = {3, 0x80092012, 0x80092013, 0x800B010E, -67635}
"""X509_V_ERR_UNABLE_TO_GET_CRL; CRYPT_E_NO_REVOCATION_CHECK, CRYPT_E_REVOCATION_OFFLINE, CERT_E_REVOCATION_FAILURE;
errSecIncompleteCertRevocationCheck."""

SELF_SIGNED_CODES = {18}
"""X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT."""

UNKNOWN_AUTHORITY_CODES = {2, 19, 20, 21, 24, 0x800B0109, 0x800B010A, -67843}
"""Issuer not found, self-signed in the chain, no local issuer, leaf unverified, invalid CA; CERT_E_UNTRUSTEDROOT,
CERT_E_CHAINING; errSecNotTrusted."""

_ASK_FOR_LISTS = (
    "Nothing was sent. The certificate itself may be sound. Ask the network's administrators to let this computer "
    "fetch the authority's revocation list (its address stands in the certificate), then try again."
)
_CHECK_THE_CLOCK = (
    "Nothing was sent. Check this computer's clock first. If it is right, the certificate is not yours to mend: "
    "tell who runs the host, CAISO or the company whose proxy inspects traffic."
)
_ANOTHER_HOST = (
    "Nothing was sent. Check the address. If it is right, its name leads elsewhere from this computer: "
    "ask the network's administrators."
)
_TELL_CAISO = (
    "Nothing was sent. The certificate is not yours to mend: tell who runs the host, CAISO or the company whose proxy "
    "inspects traffic."
)
_UNTRUSTED = (
    (NAME_CODES, "shows a certificate of another host.", _ANOTHER_HOST),
    (EXPIRED_CODES, "shows a certificate that has expired, or one of its authorities has.", _CHECK_THE_CLOCK),
    (EARLY_CODES, "shows a certificate that is not valid yet.", _CHECK_THE_CLOCK),
    (REVOKED_CODES, "shows a certificate that has been revoked.", _TELL_CAISO),
    (
        UNASKED_CODES,
        "shows a certificate of which nobody can say whether it was revoked: the list is not reachable.",
        _ASK_FOR_LISTS,
    ),
    (SELF_SIGNED_CODES, "shows a certificate that only itself vouches for.", None),
    (UNKNOWN_AUTHORITY_CODES, "shows a certificate issued by an authority that is not trusted here.", None),
)
"""What is said of a server's certificate, and the advice where it is not that of `ServerNotTrusted`."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a handshake failed: with whom, what we showed, whether server and we had agreed on a cipher by then."""

    host: str
    port: int
    certificate: Certificate | None
    agreed: bool

    def __str__(self) -> str:
        return f"{self.host}, port {self.port},"


def explain(error: ssl.SSLError, scene: Scene, fate: Fate) -> TransportError:
    """The error a person reads for one of OpenSSL's. ``fate`` is for alerts that say nothing about certificates."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _untrusted(getattr(error, "verify_code", 0), scene)
    alert = alert_number(error)
    if alert is None:
        return TlsFailed(f"{scene} {_local(error)}", fate=fate)
    refused = _refused(alert, scene)
    if refused is not None:
        return refused
    name = next((name for name, number in ALERTS.items() if number == alert), "?").lower()
    return TlsFailed(f"{scene} ended it with TLS alert {alert} ({name}).", fate=fate)


def alert_number(error: ssl.SSLError) -> int | None:
    """The number of the alert that the server sent; None when the failure was found on our side, 0 when unknown."""
    before, mark, name = (error.reason or "").partition("_ALERT_")
    if not mark or before not in {"TLSV1", "TLSV13", "SSLV3"}:
        return None
    return ALERTS.get(name, 0)


def _refused(alert: int, scene: Scene) -> TransportError | None:
    """The error when an alert is about our certificate. The server refused at TLS: it read no request."""
    own = scene.certificate
    if alert == 40 and not scene.agreed:
        return None  # no common version or cipher: the server had not come to certificates yet
    if own is None:
        if alert in OF_A_CERTIFICATE or alert in {40, 45}:
            return ClientCertificateMissing(f"{scene} asks for a client certificate, and none is chosen.")
        return None
    if alert not in OF_A_CERTIFICATE and alert not in {40, 45}:
        return None
    if alert == 45:
        until = own.not_after.astimezone(UTC)
        detail = (
            f"{scene} says that the certificate of {own.common_name} has expired. "
            f"It is valid until {until:%Y-%m-%d %H:%M} GMT"
        )
        if own.not_after > datetime.now(UTC):
            return ClientCertificateExpired(
                f"{detail}, so another certificate of its chain may have expired, or a clock is wrong.",
                advice="Check this computer's clock and the certificates of the authorities that issued yours.",
            )
        return ClientCertificateExpired(f"{detail}.")
    if own.not_after < datetime.now(UTC):
        until = own.not_after.astimezone(UTC)
        return ClientCertificateExpired(
            f"{scene} refused the certificate of {own.common_name}, which was valid until {until:%Y-%m-%d %H:%M} GMT."
        )
    if alert == 40:
        return ClientCertificateRefused(
            f"{scene} ended the handshake after it was shown the certificate of {own.common_name} (TLS alert 40)."
        )
    return ClientCertificateRefused(
        f"{scene} {OF_A_CERTIFICATE[alert]}: the certificate of {own.common_name} (TLS alert {alert})."
    )


def _untrusted(code: int, scene: Scene) -> ServerNotTrusted:
    for codes, says, advice in _UNTRUSTED:
        if code in codes:
            return ServerNotTrusted(f"{scene} {says}", advice=advice)
    return ServerNotTrusted(f"{scene} shows a certificate that cannot be verified (code {code}).")


def has_broken_off(error: ssl.SSLError) -> bool:
    """Whether the connection ended without a goodbye; some CPythons (3.11.2) have no class of its own for it."""
    return isinstance(error, ssl.SSLEOFError) or error.reason == "UNEXPECTED_EOF_WHILE_READING"


def _local(error: ssl.SSLError) -> str:
    if has_broken_off(error):
        return "closed the connection during the handshake."
    reason = error.reason or type(error).__name__
    if reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}:
        return f"does not speak TLS ({reason})."
    if reason in {"UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE"}:
        return f"offers only versions of TLS before 1.2 ({reason})."
    return f"cannot be talked to over TLS ({reason})."
