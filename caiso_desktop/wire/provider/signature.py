"""What OpenSSL may do with a signature: hash what is fed, and have the digest signed, as provider-signature(7) says."""

import ctypes
import hashlib
import itertools
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_size_t, c_void_p
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from caiso_desktop.model.identity import Hash, Padding
from caiso_desktop.wire.provider.key import Key
from caiso_desktop.wire.provider.patience import sign
from caiso_desktop.wire.provider.table import UTF8, UTF8_POINTER, Tables, each_parameter

RSA_PSS_PADDING = 6
"""openssl/rsa.h."""

HASHES = {
    name: known
    for known, names in {
        Hash.SHA1: ("sha1", "sha-1"),
        Hash.SHA256: ("sha256", "sha2-256"),
        Hash.SHA384: ("sha384", "sha2-384"),
        Hash.SHA512: ("sha512", "sha2-512"),
    }.items()
    for name in names
}


class _Verb(IntEnum):
    """OSSL_FUNC_SIGNATURE_* of openssl/core_dispatch.h."""

    NEW = 1
    BEGIN = 8
    FEED = 9
    FINISH = 10
    FREE = 16
    COPY = 17
    SET_PARAMS = 20
    SETTABLE_PARAMS = 21


@dataclass(slots=True)
class Signing:
    """One signature under way."""

    key: Key | None = None
    hash: Hash = Hash.SHA256
    padding: Padding = Padding.PKCS1
    digest: Any = field(default_factory=hashlib.sha256)


class Signatures:
    """The signatures under way, each known to OpenSSL by a number; ``expect`` finds the key that OpenSSL means."""

    def __init__(self, tables: Tables, expect: Callable[[int | None], Key]) -> None:
        self._expect = expect
        self._known: dict[int, Signing] = {}
        self._numbers = itertools.count(1)
        self.algorithm = tables.algorithm(self._functions(tables))

    def __len__(self) -> int:
        return len(self._known)

    def _functions(self, tables: Tables) -> dict[int, int]:
        pointer, number = c_void_p, c_void_p
        known = tables.descriptors(*((name, UTF8, 0) for name in (b"digest", b"pad-mode", b"saltlen", b"mgf1-digest")))
        callback = tables.callback
        return {
            _Verb.NEW: callback(CFUNCTYPE(number, pointer, pointer), None, lambda _own, _query: self._keep(Signing())),
            _Verb.BEGIN: callback(CFUNCTYPE(c_int, number, c_char_p, pointer, pointer), 0, self._begin),
            _Verb.FEED: callback(CFUNCTYPE(c_int, number, pointer, c_size_t), 0, self._feed),
            _Verb.FINISH: callback(CFUNCTYPE(c_int, number, pointer, POINTER(c_size_t), c_size_t), 0, self._finish),
            _Verb.FREE: callback(CFUNCTYPE(None, number), None, self._drop),
            _Verb.COPY: callback(CFUNCTYPE(number, number), None, self._copy),
            _Verb.SET_PARAMS: callback(CFUNCTYPE(c_int, number, pointer), 0, self._set),
            _Verb.SETTABLE_PARAMS: callback(CFUNCTYPE(pointer, number, pointer), None, lambda _at, _own: known),
        }

    def _keep(self, signing: Signing) -> int:
        number = next(self._numbers)
        self._known[number] = signing
        return number

    def _drop(self, at: int) -> None:
        self._known.pop(at, None)

    def _copy(self, at: int) -> int:
        old = self._known[at]
        return self._keep(Signing(old.key, old.hash, old.padding, old.digest.copy()))

    def _begin(self, at: int, digest: bytes | None, key: int | None, parameters: int | None) -> int:
        signing = self._known[at]
        if key:
            signing.key = self._expect(key)
        if digest:
            signing.hash = HASHES[digest.decode().lower()]
        self._set(at, parameters)
        signing.digest = hashlib.new(signing.hash, usedforsecurity=False)
        return 1

    def _set(self, at: int, parameters: int | None) -> int:
        """Take the padding and the hash; the salt of PSS needs none, in TLS it is as long as the hash."""
        signing = self._known[at]
        for parameter in each_parameter(parameters):
            if parameter.key == b"pad-mode":
                mode = parameter.text if parameter.type in (UTF8, UTF8_POINTER) else parameter.number
                signing.padding = Padding.PSS if mode in ("pss", RSA_PSS_PADDING) else Padding.PKCS1
            elif parameter.key == b"digest":
                signing.hash = HASHES[parameter.text.lower()]
        return 1

    def _feed(self, at: int, data: int, size: int) -> int:
        self._known[at].digest.update(ctypes.string_at(data, size))
        return 1

    def _finish(self, at: int, out: int | None, size: Any, room: int) -> int:
        signing = self._known[at]
        if signing.key is None:
            return 0
        if not out:
            size[0] = signing.key.size
            return 1
        made = sign(signing.key.signer, signing.digest.digest(), signing.hash, signing.padding)
        if len(made) > room:
            return 0
        ctypes.memmove(out, made, len(made))
        size[0] = len(made)
        return 1
