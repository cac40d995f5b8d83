"""What OpenSSL may do with a key that only signs, and with its public half, as provider-keymgmt(7) says."""

import ctypes
import itertools
import ssl
import sys
import weakref
from ctypes import CFUNCTYPE, addressof, byref, c_int, c_size_t, c_uint64, c_void_p
from dataclasses import dataclass
from enum import IntEnum

from caiso_desktop.model.identity import Signer
from caiso_desktop.wire.provider.openssl import OpenSsl, Rejected, declare
from caiso_desktop.wire.provider.table import (
    INTEGER,
    PROPERTIES,
    UNSIGNED,
    UTF8,
    Parameter,
    Tables,
    each_parameter,
)

HANDLE = b"caiso-handle"
PRIVATE_KEY, KEYPAIR = 0x01, 0x87
"""Which parts of a key are meant (OSSL_KEYMGMT_SELECT_*, openssl/core_dispatch.h)."""


class _Verb(IntEnum):
    """OSSL_FUNC_KEYMGMT_* of openssl/core_dispatch.h."""

    NEW = 1
    FREE = 10
    GET_PARAMS = 11
    GETTABLE_PARAMS = 12
    HAS = 21
    MATCH = 23
    IMPORT = 40
    IMPORT_TYPES = 41
    EXPORT = 42
    EXPORT_TYPES = 43


@dataclass(frozen=True, slots=True)
class Key:
    """A key that OpenSSL holds a handle of: its public half (an EVP_PKEY), its signature's size, who signs."""

    public: int
    size: int
    signer: Signer


class Keys:
    """The keys of the provider; the data that OpenSSL keeps of one are eight bytes that hold its number."""

    def __init__(self, openssl: OpenSsl, tables: Tables) -> None:
        self._openssl = openssl
        self._known: dict[int, Key] = {}
        self._numbers = itertools.count(1)
        # What OpenSSL frees may outlive the interpreter, so it is the C library's memory and no Python object.
        runtime = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
        self._allocate = declare(runtime, "malloc", c_void_p, c_size_t)
        release = declare(runtime, "free", None, c_void_p)
        self.algorithm = tables.algorithm(self._functions(tables, ctypes.cast(release, c_void_p).value or 0))  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self._known)

    def make(self, context: ssl.SSLContext, certificate: int, signer: Signer) -> int:
        """An EVP_PKEY, to be freed, that stands for a signer, who is remembered for as long as the context lives.

        Raises `Rejected`.
        """
        openssl = self._openssl
        public = openssl.public_key(certificate)
        if not public or openssl.is_a(public, b"RSA") != 1:
            openssl.free_key(public)
            openssl.clear_errors()
            raise Rejected("NOT_AN_RSA_KEY")
        number = next(self._numbers)
        self._known[number] = Key(public, openssl.size(public), signer)
        weakref.finalize(context, self._forget, number).atexit = False
        value = c_uint64(number)
        parameters = (Parameter * 2)(Parameter(HANDLE, UNSIGNED, addressof(value), ctypes.sizeof(value)))
        made = c_void_p()
        maker = openssl.key_context(None, b"RSA", PROPERTIES)
        done = openssl.begin_key(maker) == 1
        done = done and openssl.make_key(maker, byref(made), KEYPAIR, addressof(parameters)) == 1
        openssl.free_key_context(maker)
        if not done or made.value is None:
            raise Rejected(openssl.why())
        return made.value

    def expect(self, key: int | None) -> Key:
        """The key of these data."""
        held = self._held(key)
        if held is None:
            raise LookupError("OpenSSL asks for a key that is gone")
        return held

    def _forget(self, number: int) -> None:
        self._openssl.free_key(self._known.pop(number).public)

    def _functions(self, tables: Tables, release: int) -> dict[int, int]:
        pointer = c_void_p
        imports = tables.descriptors((HANDLE, UNSIGNED, 8))
        numbers = ((name, INTEGER, 4) for name in (b"bits", b"security-bits", b"max-size"))
        facts = tables.descriptors(*numbers, (b"default-digest", UTF8, 0))
        callback = tables.callback
        return {
            _Verb.NEW: callback(CFUNCTYPE(pointer, pointer), None, self._new),
            _Verb.FREE: release,
            _Verb.GET_PARAMS: callback(CFUNCTYPE(c_int, pointer, pointer), 0, self._describe),
            _Verb.GETTABLE_PARAMS: callback(CFUNCTYPE(pointer, pointer), None, lambda _own: facts),
            _Verb.HAS: callback(CFUNCTYPE(c_int, pointer, c_int), 0, self._has),
            _Verb.MATCH: callback(CFUNCTYPE(c_int, pointer, pointer, c_int), 0, self._match),
            _Verb.IMPORT: callback(CFUNCTYPE(c_int, pointer, c_int, pointer), 0, self._import),
            _Verb.IMPORT_TYPES: callback(CFUNCTYPE(pointer, c_int), None, lambda _what: imports),
            _Verb.EXPORT: callback(CFUNCTYPE(c_int, pointer, c_int, pointer, pointer), 0, self._export),
            _Verb.EXPORT_TYPES: callback(CFUNCTYPE(pointer, c_int), None, lambda _what: None),
        }

    def _new(self, _own: int) -> int:
        made: int = self._allocate(8)
        c_uint64.from_address(made).value = 0
        return made

    def _held(self, key: int | None) -> Key | None:
        return self._known.get(c_uint64.from_address(key).value) if key else None

    def _has(self, key: int | None, _what: int) -> int:
        return int(self._held(key) is not None)

    def _match(self, one: int, other: int, _what: int) -> int:
        return int(self._openssl.equal(self.expect(one).public, self.expect(other).public) == 1)

    def _import(self, key: int, _what: int, parameters: int) -> int:
        for parameter in each_parameter(parameters):
            if parameter.key == HANDLE:
                c_uint64.from_address(key).value = parameter.number
                return 1
        return 0

    def _export(self, key: int, what: int, give: int, argument: int) -> int:
        if what & PRIVATE_KEY:
            return 0  # so OpenSSL never signs by itself, but with this provider
        data = c_void_p()
        if self._openssl.to_data(self.expect(key).public, what, byref(data)) != 1:
            return 0
        try:
            return int(CFUNCTYPE(c_int, c_void_p, c_void_p)(give)(data.value, argument))
        finally:
            self._openssl.free_parameters(data)

    def _describe(self, key: int, parameters: int) -> int:
        return int(self._openssl.get_parameters(self.expect(key).public, parameters) == 1)
