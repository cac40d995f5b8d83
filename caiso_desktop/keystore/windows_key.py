"""A private key of a Windows store, used in place: through CNG, or through an old provider of CryptoAPI."""

import ctypes
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import byref
from ctypes.wintypes import BOOL, DWORD
from dataclasses import dataclass
from typing import Any

from caiso_desktop.keystore import cryptoapi as api
from caiso_desktop.keystore.cryptoapi import CryptoApi, last_error
from caiso_desktop.model.error import IdentityError
from caiso_desktop.model.identity import Hash, Padding

# ALG_ID of wincrypt.h, for old providers.
ALGORITHMS = {Hash.SHA1: 0x8004, Hash.SHA256: 0x800C, Hash.SHA384: 0x800D, Hash.SHA512: 0x800E}
LARGEST_SIGNATURE = 2048
"""Bytes: RSA keys of up to 16,384 bits."""


class WindowsKeyError(IdentityError):
    """Windows did not let the key be used."""

    title = "Windows did not sign"
    advice = "Open certmgr.msc and look whether the certificate is there with its key."


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Which provider keeps a key, and under what name; read from the certificate, without touching the key."""

    provider: str
    container: str
    kind: int
    machine: bool


@dataclass(slots=True)
class OpenKey:
    """A handle of a key: of CNG where ``spec`` is `CERT_NCRYPT_KEY_SPEC`, else of an old provider."""

    handle: int
    spec: int
    ours: bool

    @property
    def modern(self) -> bool:
        """Whether CNG holds it."""
        return self.spec == api.CERT_NCRYPT_KEY_SPEC


class WindowsKey:
    """Opened at the first use and kept open, so that a card asks for its PIN once; safe for several threads."""

    def __init__(self, crypto: CryptoApi, context: Any, where: Whereabouts) -> None:
        self._crypto = crypto
        self._context = context
        self._where = where
        self._lock = threading.Lock()
        self._open: OpenKey | None = None

    def close(self) -> None:
        """Let go of the key, for good."""
        with self._lock:
            self._close()
            self._crypto.free(self._context)

    def supports(self, hash: Hash, padding: Padding) -> bool:
        """Whether the provider can: old ones know no PSS, the oldest no SHA-256. `WindowsKeyError` without the key."""
        with self._lock:
            key = self._opened()
            if key.modern:
                return True
            if padding is Padding.PSS:
                return False
            try:
                with self._hash(key, hash):
                    return True
            except WindowsKeyError:
                return False

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        """The signature of a digest; Windows may ask for a PIN or for consent meanwhile."""
        with self._lock:
            key = self._opened()
            try:
                if key.modern:
                    return self._sign_with_cng(key, digest, hash, padding)
                return self._sign_with_provider(key, digest, hash, padding)
            except WindowsKeyError:
                self._close()  # a card that was put in again wants a new handle
                raise

    def exportable(self) -> bool | None:
        """Whether Windows would give the key away; None where it does not say without asking a person."""
        with self._lock:
            try:
                key = self._open or self._acquire(api.CRYPT_ACQUIRE_SILENT_FLAG)
            except WindowsKeyError:
                return None
            try:
                return self._export_policy(key) if key.modern else self._export_permission(key)
            finally:
                if key is not self._open:
                    self._release(key)

    # Opening

    def _opened(self) -> OpenKey:
        if self._open is None:
            self._open = self._better(self._acquire(0))
        return self._open

    def _close(self) -> None:
        if self._open is not None:
            self._release(self._open)
            self._open = None

    def _acquire(self, more: int) -> OpenKey:
        handle, spec, ours = api.Handle(), DWORD(), BOOL()
        flags = api.CRYPT_ACQUIRE_PREFER_NCRYPT_KEY_FLAG | api.CRYPT_ACQUIRE_COMPARE_KEY_FLAG | more
        if not self._crypto.acquire_key(self._context, flags, None, byref(handle), byref(spec), byref(ours)):
            raise told(last_error(), self._where.provider)
        which = spec.value & 0xFFFFFFFF
        if which not in (api.AT_KEYEXCHANGE, api.AT_SIGNATURE, api.CERT_NCRYPT_KEY_SPEC):
            which = api.AT_KEYEXCHANGE  # a provider that says both: an import makes this one
        return OpenKey(handle.value, which, bool(ours.value))

    def _better(self, key: OpenKey) -> OpenKey:
        """The same container by a newer provider, where Microsoft's oldest one holds it, which knows SHA-1 only."""
        where = self._where
        if key.modern or where.kind != api.PROV_RSA_FULL or not where.provider.startswith("Microsoft"):
            return key
        handle = api.Handle()
        flags = api.CRYPT_MACHINE_KEYSET if where.machine else 0
        newer = (byref(handle), where.container, api.MS_ENH_RSA_AES_PROV, api.PROV_RSA_AES, flags)
        if not self._crypto.acquire_context(*newer):
            return key
        self._release(key)
        return OpenKey(handle.value, key.spec, ours=True)

    def _release(self, key: OpenKey) -> None:
        if not key.ours:
            return
        if key.modern:
            self._crypto.ncrypt_free(key.handle)
        else:
            self._crypto.release_context(key.handle, 0)

    # Signing

    def _sign_with_cng(self, key: OpenKey, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        name = hash.name
        details: ctypes.Structure
        if padding is Padding.PSS:
            details, flag = api.PssPadding(name, len(digest)), api.BCRYPT_PAD_PSS
        else:
            details, flag = api.Pkcs1Padding(name), api.BCRYPT_PAD_PKCS1
        out, size = ctypes.create_string_buffer(LARGEST_SIGNATURE), DWORD()
        status = self._crypto.ncrypt_sign(
            key.handle, byref(details), digest, len(digest), out, len(out), byref(size), flag
        )
        if status:
            raise told(status & 0xFFFFFFFF, self._where.provider)
        return out.raw[: size.value]

    def _sign_with_provider(self, key: OpenKey, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        if padding is Padding.PSS:
            raise told(api.NTE_NOT_SUPPORTED, self._where.provider)
        with self._hash(key, hash) as made:
            if not self._crypto.set_hash(made, api.HP_HASHVAL, digest, 0):
                raise told(last_error(), self._where.provider)
            out, size = ctypes.create_string_buffer(LARGEST_SIGNATURE), DWORD(LARGEST_SIGNATURE)
            if not self._crypto.sign_hash(made, key.spec, None, 0, out, byref(size)):
                raise told(last_error(), self._where.provider)
            return out.raw[: size.value][::-1]  # CryptoAPI writes numbers with their least byte first

    @contextmanager
    def _hash(self, key: OpenKey, hash: Hash) -> Iterator[int]:
        made = api.Handle()
        if not self._crypto.create_hash(key.handle, ALGORITHMS[hash], 0, 0, byref(made)):
            raise told(last_error(), self._where.provider)
        try:
            yield made.value
        finally:
            self._crypto.destroy_hash(made)

    # What may be taken out

    def _export_policy(self, key: OpenKey) -> bool | None:
        policy, size = DWORD(), DWORD()
        status = self._crypto.ncrypt_property(
            key.handle, api.NCRYPT_EXPORT_POLICY, byref(policy), ctypes.sizeof(policy), byref(size), 0
        )
        return None if status else bool(policy.value & api.NCRYPT_ALLOW_EXPORT)

    def _export_permission(self, key: OpenKey) -> bool | None:
        made, permissions, size = api.Handle(), DWORD(), DWORD(ctypes.sizeof(DWORD))
        if not self._crypto.user_key(key.handle, key.spec, byref(made)):
            return None
        try:
            read = self._crypto.key_parameter(made, api.KP_PERMISSIONS, byref(permissions), byref(size), 0)
            return bool(permissions.value & (api.CRYPT_EXPORT | api.CRYPT_ARCHIVABLE)) if read else None
        finally:
            self._crypto.destroy_key(made)


_SENTENCES: tuple[tuple[tuple[int, ...], str, str], ...] = (
    ((*api.ERROR_CANCELLED, *api.SCARD_CANCELLED), "the PIN or the consent was not given", "Try again, and answer it."),
    (api.SCARD_GONE, "the card or token is not in its reader", "Put it in, then try again."),
    ((api.SCARD_WRONG_PIN,), "the PIN was wrong", "Make sure of it first: some more wrong PINs lock the card."),
    ((api.SCARD_BLOCKED,), "the PIN is locked", "Whoever gave you the card can unlock it with its PUK."),
    (
        api.NTE_NO_KEY,
        "the private key of the certificate is gone",
        "Install the certificate again from its .pfx file, or ask for a renewal.",
    ),
    (
        api.NTE_PERM,
        "Windows does not permit you to use this key",
        "It belongs to another account or to the computer. Ask the administrators, or use another certificate.",
    ),
    (
        (api.NTE_BAD_ALGID, api.NTE_NOT_SUPPORTED),
        "the provider of this key does not know this kind of signature",
        "Import the certificate again, so that a newer provider keeps its key.",
    ),
)


def told(code: int, provider: str) -> WindowsKeyError:
    """The sentence for one of Windows' error codes."""
    for codes, sentence, advice in _SENTENCES:
        if code in codes:
            return WindowsKeyError(f"{sentence} ({provider}, 0x{code:08X}).", advice=advice)
    return WindowsKeyError(f"{provider} reports error 0x{code:08X}{_text(code)}.")


def _text(code: int) -> str:
    if sys.platform == "win32":
        describe: Callable[[int], str] = ctypes.FormatError
        return f" ({describe(ctypes.c_long(code).value).strip()})"
    return ""
