"""Identities of the macOS Keychain, used in place. UNTRIED: written from Apple's documentation, run by nobody yet.

Facts: Security framework, "SecItemCopyMatching", "SecKeyCreateSignature" and its digest algorithms. Core Foundation's
rule decides what is released: what a function with Copy or Create in its name gives is ours.
"""

import ctypes
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from ctypes import POINTER, c_bool, c_long, c_ubyte, c_void_p
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509

from caiso_desktop.keystore.certificate import describe, is_authority
from caiso_desktop.model.concern import issued_by_caiso
from caiso_desktop.model.error import IdentityError
from caiso_desktop.model.identity import Certificate, Hash, Identity, IdentityRef, KeyFacts, Padding, Signer

OPERATION_SIGN = 0
USER_CANCELED, NOT_FOUND, NOT_ALLOWED, AUTH_FAILED = -128, -25300, -25308, -25293
ALGORITHMS = {
    (known, padding): f"kSecKeyAlgorithmRSASignatureDigest{name}{known.name}"
    for known in Hash
    for padding, name in ((Padding.PKCS1, "PKCS1v15"), (Padding.PSS, "PSS"))
}


class KeychainError(IdentityError):
    """The Keychain did not do what was asked."""

    title = "The macOS Keychain did not sign"
    advice = "Open Keychain Access and look whether the certificate is there with its key, and may be used."


class SecurityFramework:
    """The functions that are used, each declared once. Raises `OSError` where this is no Mac."""

    def __init__(self) -> None:
        core, security = _framework("CoreFoundation"), _framework("Security")
        self._core, self._security = core, security
        self.release = _declare(core, "CFRelease", None, c_void_p)
        self.retain = _declare(core, "CFRetain", c_void_p, c_void_p)
        self.make_data = _declare(core, "CFDataCreate", c_void_p, c_void_p, ctypes.c_char_p, c_long)
        self.data_size = _declare(core, "CFDataGetLength", c_long, c_void_p)
        self.data_bytes = _declare(core, "CFDataGetBytePtr", POINTER(c_ubyte), c_void_p)
        self.array_size = _declare(core, "CFArrayGetCount", c_long, c_void_p)
        self.array_item = _declare(core, "CFArrayGetValueAtIndex", c_void_p, c_void_p, c_long)
        self.error_code = _declare(core, "CFErrorGetCode", c_long, c_void_p)
        self.make_dictionary = _declare(
            core, "CFDictionaryCreate", c_void_p, c_void_p, c_void_p, c_void_p, c_long, c_void_p, c_void_p
        )
        self.matching = _declare(security, "SecItemCopyMatching", ctypes.c_int32, c_void_p, POINTER(c_void_p))
        self.certificate_of = _declare(
            security, "SecIdentityCopyCertificate", ctypes.c_int32, c_void_p, POINTER(c_void_p)
        )
        self.key_of = _declare(security, "SecIdentityCopyPrivateKey", ctypes.c_int32, c_void_p, POINTER(c_void_p))
        self.certificate_data = _declare(security, "SecCertificateCopyData", c_void_p, c_void_p)
        self.can = _declare(security, "SecKeyIsAlgorithmSupported", c_bool, c_void_p, c_long, c_void_p)
        self.sign = _declare(
            security, "SecKeyCreateSignature", c_void_p, c_void_p, c_void_p, c_void_p, POINTER(c_void_p)
        )

    def constant(self, name: str) -> int:
        """The object that a constant of either framework points to."""
        library = self._core if name.startswith("kCF") else self._security
        return c_void_p.in_dll(library, name).value or 0

    def callbacks(self, name: str) -> int:
        """The address of one of Core Foundation's tables of callbacks."""
        return ctypes.addressof(c_void_p.in_dll(self._core, name))

    def bytes_of(self, data: int) -> bytes:
        """What a CFData holds; the CFData is released."""
        try:
            return ctypes.string_at(self.data_bytes(data), self.data_size(data))
        finally:
            self.release(data)


def _framework(name: str) -> ctypes.CDLL:
    if sys.platform == "darwin":
        return ctypes.CDLL(f"/System/Library/Frameworks/{name}.framework/{name}")
    raise OSError(f"the framework {name} is a part of macOS")


def _declare(library: ctypes.CDLL, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    function = getattr(library, name)
    function.restype = result
    function.argtypes = arguments
    return function  # type: ignore[no-any-return]


class KeychainKeystore:
    """The identities of the user's keychains; listing touches no key."""

    name = "keychain"

    def __init__(self) -> None:
        self._security = SecurityFramework()

    def identities(self) -> Sequence[Identity]:
        """Every identity with an RSA key and client-authentication use, CAISO's first."""
        found = [each for each in self._all() if each.certificate.client_use and each.certificate.key_bits]
        return tuple(sorted(found, key=_order))

    def open(self, ref: IdentityRef) -> Identity:
        """The identity of this reference."""
        if ref.store == self.name:
            for identity in self._all():
                if identity.ref == ref:
                    return identity
        raise IdentityError(f"the certificate {ref.thumbprint[:12]} is not in the Keychain any more.")

    def _all(self) -> list["KeychainIdentity"]:
        security = self._security
        wanted = (
            (security.constant("kSecClass"), security.constant("kSecClassIdentity")),
            (security.constant("kSecMatchLimit"), security.constant("kSecMatchLimitAll")),
            (security.constant("kSecReturnRef"), security.constant("kCFBooleanTrue")),
        )
        keys = (c_void_p * len(wanted))(*(key for key, _ in wanted))
        values = (c_void_p * len(wanted))(*(value for _, value in wanted))
        tables = (
            security.callbacks("kCFTypeDictionaryKeyCallBacks"),
            security.callbacks("kCFTypeDictionaryValueCallBacks"),
        )
        query = security.make_dictionary(None, keys, values, len(wanted), *tables)
        found = c_void_p()
        status = security.matching(query, ctypes.byref(found))
        security.release(query)
        if status == NOT_FOUND:
            return []
        if status or not found.value:
            raise KeychainError(f"it cannot be read (error {status}).", advice="Unlock it in Keychain Access.")
        try:
            return list(self._read(found.value))
        finally:
            security.release(found)

    def _read(self, array: int) -> Iterator["KeychainIdentity"]:
        security = self._security
        for index in range(security.array_size(array)):
            reference, certificate = security.array_item(array, index), c_void_p()
            if security.certificate_of(reference, ctypes.byref(certificate)):
                continue
            data = security.certificate_data(certificate)
            security.release(certificate)
            with suppress(ValueError):
                own = x509.load_der_x509_certificate(security.bytes_of(data))
                if not is_authority(own):
                    yield KeychainIdentity(describe(own), KeychainKey(security, security.retain(reference)))


class KeychainKey:
    """A private key of the Keychain, opened for each use: macOS remembers the consent itself."""

    def __init__(self, security: SecurityFramework, reference: int) -> None:
        self._security = security
        self._reference = reference

    def supports(self, hash: Hash, padding: Padding) -> bool:
        """What the key can do."""
        key = self._key()
        try:
            algorithm = self._security.constant(ALGORITHMS[hash, padding])
            return bool(self._security.can(key, OPERATION_SIGN, algorithm))
        finally:
            self._security.release(key)

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        """The signature of a digest; macOS may ask for consent meanwhile."""
        security, error = self._security, c_void_p()
        key = self._key()
        data = security.make_data(None, digest, len(digest))
        try:
            algorithm = security.constant(ALGORITHMS[hash, padding])
            made = security.sign(key, algorithm, data, ctypes.byref(error))
            if not made:
                raise self._told(error)
            return security.bytes_of(made)
        finally:
            security.release(data)
            security.release(key)

    def _key(self) -> int:
        key = c_void_p()
        status = self._security.key_of(self._reference, ctypes.byref(key))
        if status or key.value is None:
            raise KeychainError(f"the private key cannot be opened (error {status}).")
        return key.value

    def _told(self, error: c_void_p) -> KeychainError:
        if not error.value:
            return KeychainError("it does not say why.")
        code = self._security.error_code(error)
        self._security.release(error)
        if code in (USER_CANCELED, NOT_ALLOWED, AUTH_FAILED):
            return KeychainError("the consent was not given.", advice="Try again, and allow the key's use.")
        return KeychainError(f"it reports error {code}.")


@dataclass(frozen=True, slots=True)
class KeychainIdentity:
    """A certificate whose key the Keychain alone uses."""

    certificate: Certificate
    key: KeychainKey = field(repr=False, compare=False)

    @property
    def ref(self) -> IdentityRef:
        """How settings name it."""
        return IdentityRef(KeychainKeystore.name, self.certificate.thumbprint)

    @property
    def signer(self) -> Signer:
        """Itself."""
        return self

    @property
    def key_facts(self) -> KeyFacts:
        """In the Keychain."""
        return KeyFacts("in the macOS Keychain (untried: tell us whether it works)")

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        """The signature of a digest."""
        return self.key.sign(digest, hash, padding)

    def supports(self, hash: Hash, padding: Padding) -> bool:
        """What the key can do."""
        return self.key.supports(hash, padding)

    def key_file(self) -> None:
        """The key stays where it is."""
        return


def _order(identity: KeychainIdentity) -> tuple[bool, str, float]:
    own = identity.certificate
    return not issued_by_caiso(own), own.subject, -own.not_after.timestamp()
