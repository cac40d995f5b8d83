"""TLS client authentication with a key that can only sign: a small OpenSSL 3 provider over ctypes.

CPython's `ssl` wants a private key as a file. Keys of the Windows store, of cards and tokens never become one, so this
module gives the very OpenSSL that `ssl` uses a provider, "caiso", that knows one kind of RSA key: a handle that stands
for a `Signer`. An ordinary `ssl.SSLContext` then authenticates with it. OpenSSL asks the provider for signatures of
what it has hashed, for the key's public half (which is the certificate's), and for nothing else.

Written from provider-keymgmt(7), provider-signature(7), OSSL_PARAM(3) and OSSL_PROVIDER(3). One module, longer than
most, because its callbacks and their tables make sense only together.

Why not the package ``sslcontext`` (2.1.1), which does the same: both were tried against the same servers with a
software signer, on TLS 1.2 and 1.3, and both work; a key on a SoftHSM2 token was tried with this module. The package
brings keystores, certificate selection and a command line that this program has of its own (6,500 lines, of which
about 1,300 would be used), is marked alpha, has one author, was written anew a month before this was decided, and pins
truststore below 0.11, on which our own trust depends. It cannot be told that a wait for a signature was cancelled,
which `patience` is for. This module is the part that is needed, can be read in one sitting, and fails in words where it
does not fit.

Where OpenSSL is linked into Python itself (some redistributed builds for Linux and macOS), it cannot be reached:
`present` then raises `Unreachable`.
"""

import ctypes
import hashlib
import importlib
import itertools
import ssl
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from ctypes import CFUNCTYPE, POINTER, addressof, byref, c_char_p, c_int, c_long, c_size_t, c_uint64, c_ulong, c_void_p
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from caiso_desktop.model.error import CaisoError, IdentityError
from caiso_desktop.model.identity import Hash, Padding, Signer

NAME = b"caiso"
HANDLE = b"caiso-handle"
PROPERTIES = b"provider=caiso"
RSA_NAMES = b"RSA:rsaEncryption:1.2.840.113549.1.1.1"

# openssl/core.h, core_dispatch.h, evp.h and ssl.h of OpenSSL 3
INTEGER, UNSIGNED, UTF8, UTF8_POINTER = 1, 2, 4, 6
KEYMGMT, SIGNATURE, QUERY_OPERATION = 10, 12, 1027
PRIVATE_KEY, KEYPAIR = 0x01, 0x87
RSA_PSS_PADDING = 6
CHAIN_CERT, CLIENT_SIGALGS_LIST = 89, 102

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
SCHEMES = {
    f"{kind}_{known}": (known, padding)
    for kind, padding in (("rsa_pss_rsae", Padding.PSS), ("rsa_pkcs1", Padding.PKCS1))
    for known in (Hash.SHA256, Hash.SHA384, Hash.SHA512)
}
"""The signature schemes offered, by their names in TLS (RFC 8446, section 4.2.3), in the order of our preference."""


class Unreachable(Exception):
    """The OpenSSL of this Python cannot be given a provider; says why."""


class Rejected(Exception):
    """OpenSSL does not take the certificate; ``reason`` is its name for why, such as ``EE_KEY_TOO_SMALL``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def present(context: ssl.SSLContext, certificate: bytes, chain: Sequence[bytes], signer: Signer) -> None:
    """Let a context authenticate with a certificate (DER) and its chain, signing with ``signer``.

    A signer that knows no PSS caps the context at TLS 1.2, which alone can do without. Raises `Unreachable`,
    `Rejected`, and `IdentityError` where the signer can make no signature that TLS knows.
    """
    schemes = [name for name, scheme in SCHEMES.items() if signer.supports(*scheme)]
    if not schemes:
        raise IdentityError(
            "the store of this certificate's key can sign neither with SHA-256 nor with a longer hash, as TLS wants.",
            advice="Move the certificate to a newer store: export it with its key where that is allowed, or renew it.",
        )
    provider().present(context, certificate, chain, signer, ":".join(schemes).encode())
    if not any(SCHEMES[name][1] is Padding.PSS for name in schemes):
        context.maximum_version = ssl.TLSVersion.TLSv1_2


# How a signature is waited for


Task = Callable[[], bytes]


@dataclass(slots=True)
class Patience:
    """How one thread waits for signatures, and what went wrong with one."""

    run: Callable[[Task], bytes]
    error: CaisoError | None = None


class _Here(threading.local):
    patience: Patience | None = None


_here = _Here()


@contextmanager
def patience(run: Callable[[Task], bytes]) -> Iterator[None]:
    """Within this, signatures are made by ``run(task)``, which may take the task to another thread and may give up.

    What it raises is raised in place of the `ssl.SSLError` that OpenSSL makes of a signature that failed. Without it
    a signer works on the thread of the handshake, which waits for as long as the signer takes.
    """
    before, mine = _here.patience, Patience(run)
    _here.patience = mine
    try:
        yield
    except ssl.SSLError as error:
        if mine.error is not None:
            raise mine.error from error
        raise
    finally:
        _here.patience = before


def _sign(signer: Signer, digest: bytes, hash: Hash, padding: Padding) -> bytes:
    patient = _here.patience
    if patient is None:
        return signer.sign(digest, hash, padding)
    try:
        return patient.run(lambda: signer.sign(digest, hash, padding))
    except CaisoError as error:
        patient.error = error
        raise
    except Exception as error:
        patient.error = IdentityError(f"the store of the certificate's key did not sign ({type(error).__name__}).")
        raise


# The OpenSSL of this Python


class OpenSsl:
    """The functions of the libssl and libcrypto that `ssl` itself uses. Raises `Unreachable`."""

    def __init__(self) -> None:
        tls, crypto = _libraries()
        try:
            self.version = _declare(crypto, "OpenSSL_version_num", c_ulong)
            self.clear_errors = _declare(crypto, "ERR_clear_error", None)
            self.last_error = _declare(crypto, "ERR_peek_last_error", c_ulong)
            self.reason = _declare(crypto, "ERR_reason_error_string", c_char_p, c_ulong)
            self.read_certificate = _declare(crypto, "d2i_X509", c_void_p, c_void_p, c_void_p, c_long)
            self.free_certificate = _declare(crypto, "X509_free", None, c_void_p)
            self.public_key = _declare(crypto, "X509_get_pubkey", c_void_p, c_void_p)
            self.free_key = _declare(crypto, "EVP_PKEY_free", None, c_void_p)
            self.is_a = _declare(crypto, "EVP_PKEY_is_a", c_int, c_void_p, c_char_p)
            self.equal = _declare(crypto, "EVP_PKEY_eq", c_int, c_void_p, c_void_p)
            self.size = _declare(crypto, "EVP_PKEY_get_size", c_int, c_void_p)
            self.get_parameters = _declare(crypto, "EVP_PKEY_get_params", c_int, c_void_p, c_void_p)
            self.to_data = _declare(crypto, "EVP_PKEY_todata", c_int, c_void_p, c_int, POINTER(c_void_p))
            self.free_parameters = _declare(crypto, "OSSL_PARAM_free", None, c_void_p)
            self.available = _declare(crypto, "OSSL_PROVIDER_available", c_int, c_void_p, c_char_p)
            self.add_provider = _declare(crypto, "OSSL_PROVIDER_add_builtin", c_int, c_void_p, c_char_p, c_void_p)
            self.load_provider = _declare(crypto, "OSSL_PROVIDER_load", c_void_p, c_void_p, c_char_p)
            self.key_context = _declare(crypto, "EVP_PKEY_CTX_new_from_name", c_void_p, c_void_p, c_char_p, c_char_p)
            self.free_key_context = _declare(crypto, "EVP_PKEY_CTX_free", None, c_void_p)
            self.begin_key = _declare(crypto, "EVP_PKEY_fromdata_init", c_int, c_void_p)
            self.make_key = _declare(crypto, "EVP_PKEY_fromdata", c_int, c_void_p, POINTER(c_void_p), c_int, c_void_p)
            self.options = _declare(tls, "SSL_CTX_get_options", c_uint64, c_void_p)
            self.verify_mode = _declare(tls, "SSL_CTX_get_verify_mode", c_int, c_void_p)
            self.use_certificate = _declare(tls, "SSL_CTX_use_certificate", c_int, c_void_p, c_void_p)
            self.use_key = _declare(tls, "SSL_CTX_use_PrivateKey", c_int, c_void_p, c_void_p)
            self.control = _declare(tls, "SSL_CTX_ctrl", c_long, c_void_p, c_int, c_long, c_void_p)
        except AttributeError as error:
            raise Unreachable("the OpenSSL of this Python is older than 3, or linked into Python itself") from error
        if self.version() != ssl.OPENSSL_VERSION_NUMBER:
            raise Unreachable("the OpenSSL that was found is not the one that this Python's ssl uses")

    def why(self) -> str:
        """The name of OpenSSL's last complaint, and an empty queue: CPython would take what is left for its own."""
        text = self.reason(self.last_error())
        self.clear_errors()
        return text.decode().upper().replace(" ", "_") if text else "UNKNOWN"

    def certificate(self, der: bytes) -> int:
        """An X509 to be freed."""
        buffer = ctypes.create_string_buffer(der, len(der))
        made: int | None = self.read_certificate(None, byref(c_void_p(addressof(buffer))), len(der))
        if not made:
            raise Rejected(self.why())
        return made

    def inside(self, context: ssl.SSLContext) -> int:
        """The ``SSL_CTX`` of a context: its first field after the object's header, checked before it is used."""
        pointer = c_void_p.from_address(id(context) + object.__basicsize__).value
        asked = bool(pointer) and self.options(pointer) == int(context.options) & (2**64 - 1)
        if not pointer or not asked or bool(self.verify_mode(pointer) & 1) is (context.verify_mode == ssl.CERT_NONE):
            raise Unreachable("this Python keeps its TLS contexts in another way than it should")
        return pointer


def _declare(library: ctypes.CDLL, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    function = getattr(library, name)
    function.restype = result
    function.argtypes = arguments
    return function  # type: ignore[no-any-return]


def _libraries() -> tuple[ctypes.CDLL, ctypes.CDLL]:
    """Never by a name on a search path: objects of one copy of OpenSSL must not reach another."""
    extension = getattr(importlib.import_module("_ssl"), "__file__", None)
    if extension is None:
        raise Unreachable("the OpenSSL of this Python is linked into Python itself")
    if sys.platform == "win32":
        return _loaded("libssl"), _loaded("libcrypto")
    # A name is looked up in a library and in what it depends on, and so in exactly the OpenSSL of the extension.
    library = ctypes.CDLL(extension)
    return library, library


def _loaded(stem: str) -> ctypes.CDLL:
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetModuleHandleW.restype = c_void_p
        kernel.GetModuleHandleW.argtypes = (ctypes.c_wchar_p,)
        for suffix in ("-3.dll", "-3-x64.dll", "-3-arm64.dll"):
            handle = kernel.GetModuleHandleW(stem + suffix)
            if handle:
                return ctypes.CDLL(stem + suffix, handle=handle)
    raise Unreachable(f"this Python has loaded no {stem} of OpenSSL 3")


# The provider


class Parameter(ctypes.Structure):
    """OSSL_PARAM."""

    _fields_ = (("key", c_char_p), ("type", ctypes.c_uint), ("data", c_void_p), ("size", c_size_t), ("ret", c_size_t))


class Function(ctypes.Structure):
    """OSSL_DISPATCH."""

    _fields_ = (("id", c_int), ("function", c_void_p))


class Algorithm(ctypes.Structure):
    """OSSL_ALGORITHM."""

    _fields_ = (("names", c_char_p), ("properties", c_char_p), ("functions", c_void_p), ("description", c_char_p))


@dataclass(frozen=True, slots=True)
class Key:
    """A key that OpenSSL holds a handle of: its public half (an EVP_PKEY), its signature's size, who signs."""

    public: int
    size: int
    signer: Signer


@dataclass(slots=True)
class Signing:
    """One signature under way."""

    key: Key | None = None
    hash: Hash = Hash.SHA256
    padding: Padding = Padding.PKCS1
    digest: Any = field(default_factory=hashlib.sha256)


class Provider:
    """The provider of this process; OpenSSL keeps its tables and callbacks for as long as the process lives."""

    def __init__(self) -> None:
        self._openssl = OpenSsl()
        self._alive: list[Any] = []
        self._keys: dict[int, Key] = {}
        self._signings: dict[int, Signing] = {}
        self._numbers = itertools.count(1)
        # What OpenSSL frees may outlive the interpreter, so it is the C library's memory and no Python object.
        runtime = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
        self._allocate = _declare(runtime, "malloc", c_void_p, c_size_t)
        release = _declare(runtime, "free", None, c_void_p)
        self._tables = {
            KEYMGMT: self._algorithm(self._key_functions(ctypes.cast(release, c_void_p).value or 0)),  # type: ignore[arg-type]
            SIGNATURE: self._algorithm(self._signature_functions()),
        }
        self._register()

    def present(
        self, context: ssl.SSLContext, certificate: bytes, chain: Sequence[bytes], signer: Signer, schemes: bytes
    ) -> None:
        """Put certificate, chain and a handle of the signer into a context."""
        openssl = self._openssl
        # truststore's context only wraps the one that makes the connections.
        inner: ssl.SSLContext = getattr(context, "_ctx", context)
        target = openssl.inside(inner)
        openssl.clear_errors()
        own = openssl.certificate(certificate)
        key: int | None = None
        try:
            key = self._key(inner, own, signer)
            taken = openssl.use_certificate(target, own) == 1 and openssl.use_key(target, key) == 1
            if not taken or openssl.control(target, CLIENT_SIGALGS_LIST, 0, schemes) != 1:
                raise Rejected(openssl.why())
            for der in chain:
                link = openssl.certificate(der)
                added = openssl.control(target, CHAIN_CERT, 1, link)
                openssl.free_certificate(link)
                if added != 1:
                    raise Rejected(openssl.why())
        finally:
            openssl.free_key(key)
            openssl.free_certificate(own)

    def _key(self, context: ssl.SSLContext, certificate: int, signer: Signer) -> int:
        """A key of OpenSSL's that stands for a signer, remembered for as long as the context lives."""
        openssl = self._openssl
        public = openssl.public_key(certificate)
        if not public or openssl.is_a(public, b"RSA") != 1:
            openssl.free_key(public)
            openssl.clear_errors()
            raise Rejected("NOT_AN_RSA_KEY")
        number = next(self._numbers)
        self._keys[number] = Key(public, openssl.size(public), signer)
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

    def _forget(self, number: int) -> None:
        self._openssl.free_key(self._keys.pop(number).public)

    def _register(self) -> None:
        query = self._callback(CFUNCTYPE(c_void_p, c_void_p, c_int, POINTER(c_int)), None, self._query)
        self._functions = self._table({QUERY_OPERATION: query})
        begin = self._callback(
            CFUNCTYPE(c_int, c_void_p, c_void_p, POINTER(c_void_p), POINTER(c_void_p)), 0, self._begin
        )
        openssl = self._openssl
        # Asking makes OpenSSL load its default provider, which it would not do by itself once another is loaded.
        openssl.available(None, b"default")
        if openssl.add_provider(None, NAME, begin) != 1 or not openssl.load_provider(None, NAME):
            raise Unreachable(f"OpenSSL did not take the provider ({openssl.why()})")

    def _begin(self, core: int, _core_functions: int, functions: Any, own: Any) -> int:
        functions[0] = self._functions
        own[0] = core
        return 1

    def _query(self, _own: int, operation: int, may_not_cache: Any) -> int | None:
        may_not_cache[0] = 0
        return self._tables.get(operation)

    # What OpenSSL may do with a key (provider-keymgmt(7)); key data is eight bytes that hold its number.

    def _key_functions(self, release: int) -> dict[int, int]:
        pointer = c_void_p
        imports = self._descriptors((HANDLE, UNSIGNED, 8))
        numbers = ((name, INTEGER, 4) for name in (b"bits", b"security-bits", b"max-size"))
        facts = self._descriptors(*numbers, (b"default-digest", UTF8, 0))
        return {
            1: self._callback(CFUNCTYPE(pointer, pointer), None, self._new_key),
            10: release,
            11: self._callback(CFUNCTYPE(c_int, pointer, pointer), 0, self._describe_key),
            12: self._callback(CFUNCTYPE(pointer, pointer), None, lambda _own: facts),
            21: self._callback(CFUNCTYPE(c_int, pointer, c_int), 0, self._has_key),
            23: self._callback(CFUNCTYPE(c_int, pointer, pointer, c_int), 0, self._match_keys),
            40: self._callback(CFUNCTYPE(c_int, pointer, c_int, pointer), 0, self._import_key),
            41: self._callback(CFUNCTYPE(pointer, c_int), None, lambda _what: imports),
            42: self._callback(CFUNCTYPE(c_int, pointer, c_int, pointer, pointer), 0, self._export_key),
            43: self._callback(CFUNCTYPE(pointer, c_int), None, lambda _what: None),
        }

    def _new_key(self, _own: int) -> int:
        made: int = self._allocate(8)
        c_uint64.from_address(made).value = 0
        return made

    def _held(self, key: int | None) -> Key | None:
        return self._keys.get(c_uint64.from_address(key).value) if key else None

    def _has_key(self, key: int | None, _what: int) -> int:
        return int(self._held(key) is not None)

    def _expect(self, key: int | None) -> Key:
        held = self._held(key)
        if held is None:
            raise LookupError("OpenSSL asks for a key that is gone")
        return held

    def _match_keys(self, one: int, other: int, _what: int) -> int:
        return int(self._openssl.equal(self._expect(one).public, self._expect(other).public) == 1)

    def _import_key(self, key: int, _what: int, parameters: int) -> int:
        for parameter in _each(parameters):
            if parameter.key == HANDLE:
                c_uint64.from_address(key).value = _number(parameter)
                return 1
        return 0

    def _export_key(self, key: int, what: int, give: int, argument: int) -> int:
        if what & PRIVATE_KEY:
            return 0  # so OpenSSL never signs by itself, but with this provider
        data = c_void_p()
        if self._openssl.to_data(self._expect(key).public, what, byref(data)) != 1:
            return 0
        try:
            return int(CFUNCTYPE(c_int, c_void_p, c_void_p)(give)(data.value, argument))
        finally:
            self._openssl.free_parameters(data)

    def _describe_key(self, key: int, parameters: int) -> int:
        return int(self._openssl.get_parameters(self._expect(key).public, parameters) == 1)

    # What OpenSSL may do with a signature (provider-signature(7)); its context is a number.

    def _signature_functions(self) -> dict[int, int]:
        pointer, number = c_void_p, c_void_p
        known = self._descriptors(*((name, UTF8, 0) for name in (b"digest", b"pad-mode", b"saltlen", b"mgf1-digest")))
        return {
            1: self._callback(CFUNCTYPE(number, pointer, pointer), None, lambda _own, _query: self._keep(Signing())),
            8: self._callback(CFUNCTYPE(c_int, number, c_char_p, pointer, pointer), 0, self._begin_signing),
            9: self._callback(CFUNCTYPE(c_int, number, pointer, c_size_t), 0, self._feed),
            10: self._callback(CFUNCTYPE(c_int, number, pointer, POINTER(c_size_t), c_size_t), 0, self._finish),
            16: self._callback(CFUNCTYPE(None, number), None, self._drop),
            17: self._callback(CFUNCTYPE(number, number), None, self._copy_signing),
            20: self._callback(CFUNCTYPE(c_int, number, pointer), 0, self._set),
            21: self._callback(CFUNCTYPE(pointer, number, pointer), None, lambda _at, _own: known),
        }

    def _keep(self, signing: Signing) -> int:
        number = next(self._numbers)
        self._signings[number] = signing
        return number

    def _drop(self, at: int) -> None:
        self._signings.pop(at, None)

    def _copy_signing(self, at: int) -> int:
        old = self._signings[at]
        return self._keep(Signing(old.key, old.hash, old.padding, old.digest.copy()))

    def _begin_signing(self, at: int, digest: bytes | None, key: int | None, parameters: int | None) -> int:
        signing = self._signings[at]
        if key:
            signing.key = self._expect(key)
        if digest:
            signing.hash = HASHES[digest.decode().lower()]
        self._set(at, parameters)
        signing.digest = hashlib.new(signing.hash, usedforsecurity=False)
        return 1

    def _set(self, at: int, parameters: int | None) -> int:
        """Take the padding and the hash; the salt of PSS needs none, in TLS it is as long as the hash."""
        signing = self._signings[at]
        for parameter in _each(parameters):
            if parameter.key == b"pad-mode":
                mode = _text(parameter) if parameter.type in (UTF8, UTF8_POINTER) else _number(parameter)
                signing.padding = Padding.PSS if mode in ("pss", RSA_PSS_PADDING) else Padding.PKCS1
            elif parameter.key == b"digest":
                signing.hash = HASHES[_text(parameter).lower()]
        return 1

    def _feed(self, at: int, data: int, size: int) -> int:
        self._signings[at].digest.update(ctypes.string_at(data, size))
        return 1

    def _finish(self, at: int, out: int | None, size: Any, room: int) -> int:
        signing = self._signings[at]
        if signing.key is None:
            return 0
        if not out:
            size[0] = signing.key.size
            return 1
        made = _sign(signing.key.signer, signing.digest.digest(), signing.hash, signing.padding)
        if len(made) > room:
            return 0
        ctypes.memmove(out, made, len(made))
        size[0] = len(made)
        return 1

    # How tables are made

    def _callback(self, kind: Any, failure: int | None, function: Callable[..., int | None]) -> int:
        """The address of a function for OpenSSL; whatever it raises is a failure to OpenSSL, and goes no further."""

        def guarded(*arguments: Any) -> int | None:
            with suppress(BaseException):
                return function(*arguments)
            return failure

        thunk = kind(guarded)
        self._alive.append(thunk)
        return ctypes.cast(thunk, c_void_p).value or 0

    def _table(self, functions: dict[int, int]) -> int:
        table = (Function * (len(functions) + 1))(*(Function(*each) for each in functions.items()))
        self._alive.append(table)
        return addressof(table)

    def _algorithm(self, functions: dict[int, int]) -> int:
        only = Algorithm(RSA_NAMES, PROPERTIES, self._table(functions), b"a key that only signs")
        table = (Algorithm * 2)(only)
        self._alive.append(table)
        return addressof(table)

    def _descriptors(self, *parameters: tuple[bytes, int, int]) -> int:
        table = (Parameter * (len(parameters) + 1))(*(Parameter(k, t, None, size) for k, t, size in parameters))
        self._alive.append(table)
        return addressof(table)


_making = threading.Lock()


def provider() -> Provider:
    """The one provider of this process: OpenSSL knows providers by name. Raises `Unreachable`.

    Of several threads that ask first, one makes it: the keys of a second would be unknown to OpenSSL.
    """
    with _making:
        return _provider()


@cache
def _provider() -> Provider:
    return Provider()


def _each(parameters: int | None) -> Iterator[Parameter]:
    while parameters:
        parameter = Parameter.from_address(parameters)
        if not parameter.key:
            return
        yield parameter
        parameters += ctypes.sizeof(Parameter)


def _number(parameter: Parameter) -> int:
    return int.from_bytes(ctypes.string_at(parameter.data, parameter.size), sys.byteorder)


def _text(parameter: Parameter) -> str:
    at = c_void_p.from_address(parameter.data).value if parameter.type == UTF8_POINTER else parameter.data
    return ctypes.string_at(at or 0).decode()
