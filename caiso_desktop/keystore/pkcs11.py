"""Certificates on smart cards and tokens, through a PKCS#11 module.

The module is the card maker's library, named in the settings; where none is, p11-kit's, which knows every module of a
Linux machine. Listing reads certificates, which are public; the PIN is asked for at the first signature of a session.
Facts: PKCS#11 (Cryptoki) 2.40 of OASIS; RSA signatures with DigestInfo by RFC 8017, section 9.2.
"""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509

from caiso_desktop.keystore.certificate import describe, is_authority
from caiso_desktop.model.error import IdentityError, Way
from caiso_desktop.model.identity import (
    Asking,
    Certificate,
    Hash,
    Identity,
    IdentityRef,
    KeyFacts,
    Padding,
    Signer,
)

P11_KIT = (
    "/usr/lib/x86_64-linux-gnu/p11-kit-proxy.so",
    "/usr/lib/aarch64-linux-gnu/p11-kit-proxy.so",
    "/usr/lib64/p11-kit-proxy.so",
    "/usr/lib/p11-kit-proxy.so",
    "/opt/homebrew/lib/p11-kit-proxy.dylib",
    "/usr/local/lib/p11-kit-proxy.dylib",
)

# The ASN.1 that PKCS#1 v1.5 puts before a digest (RFC 8017, section 9.2, note 1).
DIGEST_INFO = {
    Hash.SHA1: bytes.fromhex("3021300906052b0e03021a05000414"),
    Hash.SHA256: bytes.fromhex("3031300d060960864801650304020105000420"),
    Hash.SHA384: bytes.fromhex("3041300d060960864801650304020205000430"),
    Hash.SHA512: bytes.fromhex("3051300d060960864801650304020305000440"),
}


class TokenError(IdentityError):
    """A card, a token or its module did not do what was asked."""

    title = "The card or token cannot be used"
    advice = "Take it out, put it in again, and try once more."
    ways = (Way.AGAIN,)


class ModuleError(TokenError):
    """The library that speaks with cards and tokens is not there, or does not work."""

    advice = (
        "Install the software of the card or token, then choose its PKCS#11 module in the window's Certificates menu "
        "(pkcs11.module in the settings)."
    )
    ways = (Way.MODULE,)


def find_module(setting: str | None) -> Path | None:
    """The PKCS#11 module to use: the one of the settings, else p11-kit's where there is one."""
    if setting:
        return Path(setting)
    return next((Path(path) for path in P11_KIT if Path(path).is_file()), None)


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a certificate lies: the token's label and serial number, and the id that its key shares."""

    label: str
    serial: bytes
    id: bytes


class Pkcs11Keystore:
    """The certificates of every token that a module sees; safe for several threads, which take turns at the card."""

    name = "pkcs11"

    def __init__(self, module: Path, asking: Asking) -> None:
        self._module = module
        self._asking = asking
        self._lock = threading.RLock()
        self._library: Any = None
        self._sessions: dict[bytes, Any] = {}

    def identities(self) -> Sequence[Identity]:
        """Every certificate that is not an authority's; asks for no PIN. `TokenError` without the module."""
        with self._lock:
            return tuple(identity for token in self._tokens() for identity in self._on(token))

    def open(self, ref: IdentityRef) -> Identity:
        """The identity of this reference."""
        if ref.store == self.name:
            for identity in self.identities():
                if identity.ref == ref:
                    return identity
        raise IdentityError(
            f"the certificate {ref.thumbprint[:12]} is on no card or token that is in a reader now.",
            advice="Put the card or token in, then try again.",
        )

    def close(self) -> None:
        """Log off every token."""
        with self._lock:
            for session in self._sessions.values():
                with suppress(Exception):
                    session.close()
            self._sessions.clear()

    def supports(self, seat: Seat, padding: Padding) -> bool:
        """Whether a token signs with this padding."""
        pkcs11 = _pkcs11()
        wanted = pkcs11.Mechanism.RSA_PKCS_PSS if padding is Padding.PSS else pkcs11.Mechanism.RSA_PKCS
        with self._lock:
            try:
                return wanted in self._token(seat).slot.get_mechanisms()
            except pkcs11.PKCS11Error as error:
                raise self._told(error, seat) from error

    def sign(self, seat: Seat, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        """The signature of a digest, made by the token. `TokenError` when it cannot be made."""
        pkcs11 = _pkcs11()
        with self._lock:
            try:
                key = self._session(seat).get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, id=seat.id)
                if padding is Padding.PKCS1:
                    made = key.sign(DIGEST_INFO[hash] + digest, mechanism=pkcs11.Mechanism.RSA_PKCS)
                else:
                    mechanism, mask = _named(pkcs11, hash)
                    made = key.sign(
                        digest,
                        mechanism=pkcs11.Mechanism.RSA_PKCS_PSS,
                        mechanism_param=(mechanism, mask, len(digest)),
                    )
            except pkcs11.PKCS11Error as error:
                session = self._sessions.pop(seat.serial, None)
                if session is not None:
                    with suppress(Exception):
                        session.close()
                raise self._told(error, seat) from error
            return bytes(made)

    def _tokens(self) -> Iterator[Any]:
        pkcs11 = _pkcs11()
        try:
            if self._library is None:
                self._library = pkcs11.lib(str(self._module))
            yield from self._library.get_tokens()
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            raise ModuleError(
                f"the PKCS#11 module {self._module} does not work ({type(error).__name__}: {error})."
            ) from error

    def _token(self, seat: Seat) -> Any:
        for token in self._tokens():
            if token.serial == seat.serial and token.label == seat.label:
                return token
        raise TokenError(f"the card or token '{seat.label}' is not there.", advice="Put it in, then try again.")

    def _on(self, token: Any) -> Iterator["Pkcs11Identity"]:
        pkcs11 = _pkcs11()
        attribute = pkcs11.Attribute
        try:
            with token.open() as session:
                query = {attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}
                found = [
                    (bytes(each[attribute.ID]), bytes(each[attribute.VALUE])) for each in session.get_objects(query)
                ]
        except pkcs11.PKCS11Error:
            return  # an empty reader, or a token that is not set up: it has nothing to show
        certificates: list[tuple[bytes, x509.Certificate]] = []
        for key, der in found:
            with suppress(ValueError):
                certificates.append((key, x509.load_der_x509_certificate(der)))
        others = [certificate for _, certificate in certificates]
        for key, own in certificates:
            if key and not is_authority(own):
                with suppress(ValueError):
                    seat = Seat(token.label, bytes(token.serial), key)
                    yield Pkcs11Identity(self, seat, describe(own, others))

    def _session(self, seat: Seat) -> Any:
        session = self._sessions.get(seat.serial)
        if session is None:
            session = self._sessions[seat.serial] = self._log_in(seat)
        return session

    def _log_in(self, seat: Seat) -> Any:
        pkcs11 = _pkcs11()
        token = self._token(seat)
        if not token.flags & pkcs11.TokenFlag.LOGIN_REQUIRED:
            return token.open()
        if token.flags & pkcs11.TokenFlag.PROTECTED_AUTHENTICATION_PATH:
            return token.open(user_pin=pkcs11.types.PROTECTED_AUTH)
        # Twice and no more: a third wrong PIN locks most cards.
        for question in (f"The PIN of {seat.label}", f"That was not it. The PIN of {seat.label}"):
            pin = self._asking.passphrase(question, new=False)
            if not pin:
                raise TokenError(f"the PIN of '{seat.label}' was not given.", advice="Try again and type it.")
            with suppress(pkcs11.exceptions.PinIncorrect, pkcs11.exceptions.PinLenRange):
                return token.open(user_pin=pin)
        raise TokenError(
            f"the PIN of '{seat.label}' was wrong twice.",
            advice="Make sure of it first: one more wrong PIN may lock the card.",
        )

    def _told(self, error: Exception, seat: Seat) -> TokenError:
        errors = _pkcs11().exceptions
        if isinstance(error, errors.PinLocked):
            return TokenError(
                f"the PIN of '{seat.label}' is locked.", advice="Whoever gave you the card can unlock it with its PUK."
            )
        if isinstance(error, errors.NoSuchKey):
            return TokenError(f"'{seat.label}' has the certificate, but no private key for it.", advice="")
        gone = (errors.TokenNotPresent, errors.DeviceRemoved, errors.SessionHandleInvalid, errors.SessionClosed)
        if isinstance(error, gone):
            return TokenError(f"the card or token '{seat.label}' was taken out.")
        return TokenError(f"'{seat.label}' did not sign ({type(error).__name__}).")


@dataclass(frozen=True, slots=True)
class Pkcs11Identity:
    """A certificate on a token, whose key never leaves it."""

    keystore: Pkcs11Keystore = field(repr=False)
    seat: Seat
    certificate: Certificate

    @property
    def ref(self) -> IdentityRef:
        """How settings name it."""
        return IdentityRef(self.keystore.name, self.certificate.thumbprint)

    @property
    def signer(self) -> Signer:
        """Itself."""
        return self

    @property
    def key_facts(self) -> KeyFacts:
        """On its token."""
        return KeyFacts(f"on the card or token '{self.seat.label}'", exportable=False)

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        """The signature of a digest."""
        return self.keystore.sign(self.seat, digest, hash, padding)

    def supports(self, hash: Hash, padding: Padding) -> bool:
        """What the token can do with a digest it is given; the hash itself is made here."""
        return self.keystore.supports(self.seat, padding)

    def key_file(self) -> None:
        """The key stays where it is."""
        return


def _named(pkcs11: Any, hash: Hash) -> tuple[Any, Any]:
    if hash is Hash.SHA1:
        return pkcs11.Mechanism.SHA_1, pkcs11.MGF.SHA1
    return pkcs11.Mechanism[hash.name], pkcs11.MGF[hash.name]


def _pkcs11() -> Any:
    """The package, which is loaded only where a module is used. `TokenError` where it does not exist."""
    try:
        import pkcs11
        import pkcs11.exceptions
        import pkcs11.types
    except ImportError as error:
        raise TokenError(
            f"cards and tokens cannot be used on this kind of computer ({sys.platform}): python-pkcs11 is not there.",
            advice="Use the certificate from another store.",
        ) from error
    return pkcs11
