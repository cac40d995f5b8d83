"""The OpenSSL of this Python: the functions that the provider calls, in the very libraries that `ssl` uses."""

import ctypes
import importlib
import ssl
import sys
from collections.abc import Callable
from ctypes import POINTER, addressof, byref, c_char_p, c_int, c_long, c_uint64, c_ulong, c_void_p
from typing import Any


class Unreachable(Exception):
    """The OpenSSL of this Python cannot be given a provider; says why."""


class Rejected(Exception):
    """OpenSSL does not take the certificate; ``reason`` is its name for why, such as ``EE_KEY_TOO_SMALL``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OpenSsl:
    """The functions of the libssl and libcrypto that `ssl` itself uses. Raises `Unreachable`."""

    def __init__(self) -> None:
        tls, crypto = _libraries()
        try:
            self.version = declare(crypto, "OpenSSL_version_num", c_ulong)
            self.clear_errors = declare(crypto, "ERR_clear_error", None)
            self.last_error = declare(crypto, "ERR_peek_last_error", c_ulong)
            self.reason = declare(crypto, "ERR_reason_error_string", c_char_p, c_ulong)
            self.read_certificate = declare(crypto, "d2i_X509", c_void_p, c_void_p, c_void_p, c_long)
            self.free_certificate = declare(crypto, "X509_free", None, c_void_p)
            self.public_key = declare(crypto, "X509_get_pubkey", c_void_p, c_void_p)
            self.free_key = declare(crypto, "EVP_PKEY_free", None, c_void_p)
            self.is_a = declare(crypto, "EVP_PKEY_is_a", c_int, c_void_p, c_char_p)
            self.equal = declare(crypto, "EVP_PKEY_eq", c_int, c_void_p, c_void_p)
            self.size = declare(crypto, "EVP_PKEY_get_size", c_int, c_void_p)
            self.get_parameters = declare(crypto, "EVP_PKEY_get_params", c_int, c_void_p, c_void_p)
            self.to_data = declare(crypto, "EVP_PKEY_todata", c_int, c_void_p, c_int, POINTER(c_void_p))
            self.free_parameters = declare(crypto, "OSSL_PARAM_free", None, c_void_p)
            self.available = declare(crypto, "OSSL_PROVIDER_available", c_int, c_void_p, c_char_p)
            self.add_provider = declare(crypto, "OSSL_PROVIDER_add_builtin", c_int, c_void_p, c_char_p, c_void_p)
            self.load_provider = declare(crypto, "OSSL_PROVIDER_load", c_void_p, c_void_p, c_char_p)
            self.key_context = declare(crypto, "EVP_PKEY_CTX_new_from_name", c_void_p, c_void_p, c_char_p, c_char_p)
            self.free_key_context = declare(crypto, "EVP_PKEY_CTX_free", None, c_void_p)
            self.begin_key = declare(crypto, "EVP_PKEY_fromdata_init", c_int, c_void_p)
            self.make_key = declare(crypto, "EVP_PKEY_fromdata", c_int, c_void_p, POINTER(c_void_p), c_int, c_void_p)
            self.options = declare(tls, "SSL_CTX_get_options", c_uint64, c_void_p)
            self.verify_mode = declare(tls, "SSL_CTX_get_verify_mode", c_int, c_void_p)
            self.use_certificate = declare(tls, "SSL_CTX_use_certificate", c_int, c_void_p, c_void_p)
            self.use_key = declare(tls, "SSL_CTX_use_PrivateKey", c_int, c_void_p, c_void_p)
            self.control = declare(tls, "SSL_CTX_ctrl", c_long, c_void_p, c_int, c_long, c_void_p)
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


def declare(library: ctypes.CDLL, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function of a library, with its types."""
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
