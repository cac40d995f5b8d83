"""The personal certificate stores of Windows: those of the user, where the ones of CAISO lie, and of the computer.

Listing reads certificates and where their keys are; it opens no key, so no dialog can come. CAISO's come first, those
for logging on with a smart card last: they are the company's, and worth nothing at CAISO.
"""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from ctypes import byref
from ctypes.wintypes import DWORD
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509

from caiso_desktop.keystore import cryptoapi as api
from caiso_desktop.keystore.certificate import describe, is_authority
from caiso_desktop.keystore.cryptoapi import CryptoApi, last_error
from caiso_desktop.keystore.windows_key import Whereabouts, WindowsKey
from caiso_desktop.model.concern import issued_by_caiso
from caiso_desktop.model.error import IdentityError, PasswordNeeded
from caiso_desktop.model.identity import Certificate, Hash, Identity, IdentityRef, KeyFacts, Padding, Signer

PLACES = {"windows": api.CERT_SYSTEM_STORE_CURRENT_USER, "windows-machine": api.CERT_SYSTEM_STORE_LOCAL_MACHINE}


class WindowsStoreError(IdentityError):
    """A certificate store of Windows cannot be read or written."""

    title = "The Windows certificate store cannot be used"


class WindowsKeystore:
    """The personal certificates of the user (``windows``) or of the computer (``windows-machine``)."""

    def __init__(self, name: str = "windows") -> None:
        self.name = name
        self._where = PLACES[name]
        self._crypto = CryptoApi()
        self._keys: dict[str, WindowsKey] = {}

    def identities(self) -> Sequence[Identity]:
        """Every certificate with an RSA key and client-authentication use; opens no key."""
        found = sorted(self._all(), key=_order)
        return tuple(identity for identity in found if identity.certificate.client_use)

    def open(self, ref: IdentityRef) -> Identity:
        """The identity of this reference."""
        if ref.store == self.name:
            for identity in self._all():
                if identity.ref == ref:
                    return identity
        raise IdentityError(
            f"the certificate {ref.thumbprint[:12]} is not in the Windows store any more.",
            advice="It may have been renewed: choose the new one.",
        )

    def import_pfx(self, data: bytes, password: str | None) -> Identity:
        """Take a .p12 or .pfx file into the store, its key not exportable; its authorities are taken along."""
        crypto = self._crypto
        buffer = ctypes.create_string_buffer(data, len(data))
        blob = api.Blob(len(data), ctypes.addressof(buffer))
        opened = self._open_pfx(blob, password)
        if not opened:
            code = last_error()
            if code == api.ERROR_INVALID_PASSWORD:
                raise PasswordNeeded("Windows does not open it with this password.")
            raise WindowsStoreError(f"Windows did not take the file (0x{code:08X}).", advice="Import it to the vault.")
        try:
            ours = [self._take(context) for context in self._contexts(opened)]
        finally:
            crypto.close_store(opened, 0)
        taken = next((thumbprint for thumbprint in ours if thumbprint), None)
        if taken is None:
            raise WindowsStoreError("the file holds no certificate with a key.", advice="Export it with its key.")
        return self.open(IdentityRef(self.name, taken))

    def close(self) -> None:
        """Let go of every key that was used."""
        while self._keys:
            self._keys.popitem()[1].close()

    def _open_pfx(self, blob: api.Blob, password: str | None) -> int | None:
        """The file as a store of its own, by a CNG provider where Windows has one: the old ones know no TLS 1.3."""
        # A file without a password may have been made with none, or with an empty one: to Windows that differs.
        for word in (password,) if password else ("", None):
            for provider in (api.PKCS12_PREFER_CNG_KSP, 0):
                opened: int | None = self._crypto.import_pfx(byref(blob), word, api.CRYPT_USER_KEYSET | provider)
                if opened:
                    return opened
        return None

    def _take(self, context: Any) -> str | None:
        """Put a certificate where it belongs; the thumbprint of one that has a key."""
        own = x509.load_der_x509_certificate(_der(context))
        where = self._whereabouts(context)
        if where is None and own.issuer == own.subject:
            return None  # trusting a root is a decision that Windows asks the person about elsewhere
        with self._store("MY" if where else "CA", writing=True) as store:
            if not self._crypto.add(store, context, api.CERT_STORE_ADD_REPLACE_EXISTING, None):
                raise WindowsStoreError(f"Windows did not keep the certificate (0x{last_error():08X}).")
        return describe(own).thumbprint if where else None

    def _all(self) -> list["WindowsIdentity"]:
        found: list[WindowsIdentity] = []
        with self._store("CA") as store:
            others = [x509.load_der_x509_certificate(der) for der in self._readable(store)]
        with self._store("MY") as store:
            for context in self._contexts(store):
                with suppress(ValueError):
                    own = x509.load_der_x509_certificate(_der(context))
                    where = self._whereabouts(context)
                    if where is not None and not is_authority(own):
                        found.append(self._identity(context, describe(own, others), where))
        return [identity for identity in found if identity.certificate.key_bits]

    def _identity(self, context: Any, certificate: Certificate, where: Whereabouts) -> "WindowsIdentity":
        key = self._keys.get(certificate.thumbprint)
        if key is None:
            key = self._keys[certificate.thumbprint] = WindowsKey(self._crypto, self._crypto.keep(context), where)
        return WindowsIdentity(IdentityRef(self.name, certificate.thumbprint), certificate, where, key)

    def _readable(self, store: int | None) -> Iterator[bytes]:
        for context in self._contexts(store):
            der = _der(context)
            with suppress(ValueError):
                x509.load_der_x509_certificate(der)
                yield der

    def _whereabouts(self, context: Any) -> Whereabouts | None:
        size = DWORD()
        if not self._crypto.property(context, api.CERT_KEY_PROV_INFO_PROP_ID, None, byref(size)):
            return None
        buffer = ctypes.create_string_buffer(size.value)
        if not self._crypto.property(context, api.CERT_KEY_PROV_INFO_PROP_ID, buffer, byref(size)):
            return None
        info = api.KeyProviderInfo.from_buffer(buffer)
        machine = bool(info.flags & api.CRYPT_MACHINE_KEYSET)
        return Whereabouts(info.provider or "Windows", info.container or "", info.kind, machine)

    @contextmanager
    def _store(self, name: str, *, writing: bool = False) -> Iterator[int | None]:
        """An open store; None where it does not exist yet, as in a fresh profile."""
        flags = self._where | (0 if writing else api.CERT_STORE_OPEN_EXISTING_FLAG | api.CERT_STORE_READONLY_FLAG)
        store = self._crypto.open_store(api.CERT_STORE_PROV_SYSTEM_W, 0, None, flags, name)
        if not store:
            code = last_error()
            if code != api.ERROR_FILE_NOT_FOUND:
                raise WindowsStoreError(f"'{name}' does not open (0x{code:08X}).", advice="Ask the administrators.")
        try:
            yield store
        finally:
            if store:
                self._crypto.close_store(store, 0)

    def _contexts(self, store: int | None) -> Iterator[Any]:
        """Each certificate of a store, to be kept by whoever needs it longer."""
        context = self._crypto.next_certificate(store, None) if store else None
        while context:
            yield context
            context = self._crypto.next_certificate(store, context)


@dataclass(frozen=True, slots=True)
class WindowsIdentity:
    """A certificate of a Windows store, whose key Windows alone uses."""

    ref: IdentityRef
    certificate: Certificate
    where: Whereabouts
    key: WindowsKey = field(repr=False, compare=False)

    @property
    def signer(self) -> Signer:
        """Itself."""
        return self

    @property
    def key_facts(self) -> KeyFacts:
        """At its provider."""
        owner = "this computer" if self.where.machine else "your account"
        return KeyFacts(f"in Windows, for {owner} ({self.where.provider})", self.key.exportable())

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        """The signature of a digest; Windows may ask for a PIN or for consent meanwhile."""
        return self.key.sign(digest, hash, padding)

    def supports(self, hash: Hash, padding: Padding) -> bool:
        """What the key's provider can do."""
        return self.key.supports(hash, padding)

    def key_file(self) -> None:
        """The key stays where it is."""
        return


def _order(identity: WindowsIdentity) -> tuple[bool, bool, str, float]:
    own = identity.certificate
    return own.log_on_use, not issued_by_caiso(own), own.subject, -own.not_after.timestamp()


def _der(context: Any) -> bytes:
    return ctypes.string_at(context.contents.data, context.contents.size)
