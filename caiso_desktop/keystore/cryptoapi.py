"""The few functions of Windows' CryptoAPI and CNG that certificates of a store need, declared once.

Every handle has its type: a handle passed as a C int is cut to 32 bits. Error codes are masked to 32 bits, because
ctypes gives them signed. Facts: wincrypt.h, ncrypt.h, bcrypt.h; the constants bear Microsoft's names.
"""

import ctypes
import sys
from collections.abc import Callable
from ctypes import POINTER, c_size_t, c_void_p
from ctypes.wintypes import BOOL, DWORD, LPCWSTR, LPWSTR
from typing import Any

CERT_KEY_PROV_INFO_PROP_ID = 2
CERT_STORE_PROV_SYSTEM_W = 10
CERT_SYSTEM_STORE_CURRENT_USER = 1 << 16
CERT_SYSTEM_STORE_LOCAL_MACHINE = 2 << 16
CERT_STORE_OPEN_EXISTING_FLAG = 0x4000
CERT_STORE_READONLY_FLAG = 0x8000
CERT_STORE_ADD_REPLACE_EXISTING = 3
AT_KEYEXCHANGE, AT_SIGNATURE = 1, 2
CERT_NCRYPT_KEY_SPEC = 0xFFFFFFFF
CRYPT_ACQUIRE_COMPARE_KEY_FLAG = 0x4
CRYPT_ACQUIRE_SILENT_FLAG = 0x40
CRYPT_ACQUIRE_PREFER_NCRYPT_KEY_FLAG = 0x20000
CRYPT_MACHINE_KEYSET = 0x20
CRYPT_USER_KEYSET = 0x1000
CRYPT_EXPORT = 0x4
CRYPT_ARCHIVABLE = 0x4000
PKCS12_PREFER_CNG_KSP = 0x100
PROV_RSA_FULL, PROV_RSA_AES = 1, 24
MS_ENH_RSA_AES_PROV = "Microsoft Enhanced RSA and AES Cryptographic Provider"
HP_HASHVAL, KP_PERMISSIONS = 2, 6
BCRYPT_PAD_PKCS1, BCRYPT_PAD_PSS = 2, 8
NCRYPT_EXPORT_POLICY = "Export Policy"
NCRYPT_ALLOW_EXPORT = 0x1 | 0x2  # ALLOW_EXPORT_FLAG, ALLOW_PLAINTEXT_EXPORT_FLAG

ERROR_FILE_NOT_FOUND = 2
ERROR_ACCESS_DENIED = 5
ERROR_INVALID_PASSWORD = 86
ERROR_CANCELLED = (1223, 0x800704C7)
NTE_BAD_ALGID = 0x80090008
NTE_NO_KEY = (0x8009000D, 0x80090016, 0x8009000B, 0x8009200B)
NTE_PERM = (0x80090010, 0x80090022, ERROR_ACCESS_DENIED, 0x80070005)
NTE_NOT_SUPPORTED = 0x80090029
SCARD_CANCELLED = (0x8010006E, 0x80100002)
SCARD_GONE = (0x80100069, 0x8010000C, 0x80100017, 0x8010002E)
SCARD_WRONG_PIN, SCARD_BLOCKED = 0x8010006B, 0x8010006C


class CertificateContext(ctypes.Structure):
    """CERT_CONTEXT."""

    _fields_ = (("encoding", DWORD), ("data", c_void_p), ("size", DWORD), ("info", c_void_p), ("store", c_void_p))


class KeyProviderInfo(ctypes.Structure):
    """CRYPT_KEY_PROV_INFO."""

    _fields_ = (
        ("container", LPWSTR),
        ("provider", LPWSTR),
        ("kind", DWORD),
        ("flags", DWORD),
        ("count", DWORD),
        ("parameters", c_void_p),
        ("spec", DWORD),
    )


class Blob(ctypes.Structure):
    """CRYPT_DATA_BLOB."""

    _fields_ = (("size", DWORD), ("data", c_void_p))


class Pkcs1Padding(ctypes.Structure):
    """BCRYPT_PKCS1_PADDING_INFO."""

    _fields_ = (("hash", LPCWSTR),)


class PssPadding(ctypes.Structure):
    """BCRYPT_PSS_PADDING_INFO."""

    _fields_ = (("hash", LPCWSTR), ("salt", ctypes.c_ulong))


Context = POINTER(CertificateContext)
Handle = c_size_t


class CryptoApi:
    """Both libraries' functions. Raises `OSError` where this is not Windows."""

    def __init__(self) -> None:
        crypt32, advapi32, ncrypt = _load("crypt32"), _load("advapi32"), _load("ncrypt")
        size = POINTER(DWORD)
        self.open_store = _declare(crypt32, "CertOpenStore", c_void_p, c_void_p, DWORD, c_void_p, DWORD, LPCWSTR)
        self.close_store = _declare(crypt32, "CertCloseStore", BOOL, c_void_p, DWORD)
        self.next_certificate = _declare(crypt32, "CertEnumCertificatesInStore", Context, c_void_p, Context)
        self.keep = _declare(crypt32, "CertDuplicateCertificateContext", Context, Context)
        self.free = _declare(crypt32, "CertFreeCertificateContext", BOOL, Context)
        self.property = _declare(crypt32, "CertGetCertificateContextProperty", BOOL, Context, DWORD, c_void_p, size)
        self.add = _declare(
            crypt32, "CertAddCertificateContextToStore", BOOL, c_void_p, Context, DWORD, POINTER(Context)
        )
        self.import_pfx = _declare(crypt32, "PFXImportCertStore", c_void_p, POINTER(Blob), LPCWSTR, DWORD)
        self.acquire_key = _declare(
            crypt32,
            "CryptAcquireCertificatePrivateKey",
            BOOL,
            Context,
            DWORD,
            c_void_p,
            POINTER(Handle),
            size,
            POINTER(BOOL),
        )
        self.acquire_context = _declare(
            advapi32, "CryptAcquireContextW", BOOL, POINTER(Handle), LPCWSTR, LPCWSTR, DWORD, DWORD
        )
        self.release_context = _declare(advapi32, "CryptReleaseContext", BOOL, Handle, DWORD)
        self.user_key = _declare(advapi32, "CryptGetUserKey", BOOL, Handle, DWORD, POINTER(Handle))
        self.key_parameter = _declare(advapi32, "CryptGetKeyParam", BOOL, Handle, DWORD, c_void_p, size, DWORD)
        self.destroy_key = _declare(advapi32, "CryptDestroyKey", BOOL, Handle)
        self.create_hash = _declare(advapi32, "CryptCreateHash", BOOL, Handle, DWORD, Handle, DWORD, POINTER(Handle))
        self.set_hash = _declare(advapi32, "CryptSetHashParam", BOOL, Handle, DWORD, c_void_p, DWORD)
        self.destroy_hash = _declare(advapi32, "CryptDestroyHash", BOOL, Handle)
        self.sign_hash = _declare(advapi32, "CryptSignHashW", BOOL, Handle, DWORD, LPCWSTR, DWORD, c_void_p, size)
        self.ncrypt_sign = _declare(
            ncrypt,
            "NCryptSignHash",
            ctypes.c_long,
            Handle,
            c_void_p,
            c_void_p,
            DWORD,
            c_void_p,
            DWORD,
            size,
            DWORD,
        )
        self.ncrypt_property = _declare(
            ncrypt, "NCryptGetProperty", ctypes.c_long, Handle, LPCWSTR, c_void_p, DWORD, size, DWORD
        )
        self.ncrypt_free = _declare(ncrypt, "NCryptFreeObject", ctypes.c_long, Handle)


def last_error() -> int:
    """The code of the last function that failed on this thread."""
    if sys.platform == "win32":
        return ctypes.get_last_error() & 0xFFFFFFFF
    return 0


def _load(name: str) -> ctypes.CDLL:
    if sys.platform == "win32":
        return ctypes.WinDLL(name, use_last_error=True)
    raise OSError(f"{name} is a part of Windows")


def _declare(library: ctypes.CDLL, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    function = getattr(library, name)
    function.restype = result
    function.argtypes = arguments
    return function  # type: ignore[no-any-return]
