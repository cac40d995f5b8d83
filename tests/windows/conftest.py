"""Certificates whose keys lie in a Windows store and cannot be taken out of it."""

import contextlib
import ctypes
import struct
import sys
import winreg
from collections.abc import Callable, Iterator
from ctypes import POINTER, byref, c_size_t, c_void_p
from ctypes.wintypes import BOOL, DWORD, LPCWSTR, LPWSTR
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from caiso_desktop.catalogue.load import load
from caiso_desktop.keystore import cryptoapi as api
from caiso_desktop.keystore.cryptoapi import CryptoApi
from caiso_desktop.keystore.windows import WindowsKeystore
from caiso_desktop.model.identity import Identity
from caiso_desktop.simulator.server import Simulator

assert sys.platform == "win32", "these tests want a Windows Python; run_under_wine.sh gives them one"

CHECKOUT = Path(__file__).resolve().parents[2]
CONTAINER = "caiso-test-{}"
RSA_AES = "Microsoft Enhanced RSA and AES Cryptographic Provider"


def put(certificate: x509.Certificate, key: rsa.RSAPrivateKey, number: int, *, exportable: bool = False) -> None:
    """Put a certificate into the user's store, its key into a container of its own."""
    advapi = ctypes.WinDLL("advapi32", use_last_error=True)
    crypt = ctypes.WinDLL("crypt32", use_last_error=True)
    advapi.CryptAcquireContextW.argtypes = (POINTER(c_size_t), LPCWSTR, LPCWSTR, DWORD, DWORD)
    advapi.CryptImportKey.argtypes = (c_size_t, c_void_p, DWORD, c_size_t, DWORD, POINTER(c_size_t))
    advapi.CryptReleaseContext.argtypes = (c_size_t, DWORD)
    crypt.CertCreateCertificateContext.restype = api.Context
    crypt.CertCreateCertificateContext.argtypes = (DWORD, c_void_p, DWORD)
    crypt.CertSetCertificateContextProperty.restype = BOOL
    crypt.CertSetCertificateContextProperty.argtypes = (api.Context, DWORD, DWORD, c_void_p)
    container, provider = CONTAINER.format(number), c_size_t()
    advapi.CryptAcquireContextW(byref(provider), container, RSA_AES, 24, 0x10)  # delete what an earlier run left
    assert advapi.CryptAcquireContextW(byref(provider), container, RSA_AES, 24, 0x8)
    blob, made = private_key_blob(key), c_size_t()
    assert advapi.CryptImportKey(provider, blob, len(blob), 0, 1 if exportable else 0, byref(made))
    advapi.CryptReleaseContext(provider, 0)
    der = certificate.public_bytes(serialization.Encoding.DER)
    context = crypt.CertCreateCertificateContext(1, der, len(der))
    info = api.KeyProviderInfo(LPWSTR(container).value, RSA_AES, 24, 0, 0, None, 1)
    assert crypt.CertSetCertificateContextProperty(context, api.CERT_KEY_PROV_INFO_PROP_ID, 0, byref(info))
    crypto = CryptoApi()
    store = crypto.open_store(api.CERT_STORE_PROV_SYSTEM_W, 0, None, api.CERT_SYSTEM_STORE_CURRENT_USER, "MY")
    assert crypto.add(store, context, api.CERT_STORE_ADD_REPLACE_EXISTING, None)
    crypto.close_store(store, 0)
    crypto.free(context)


def private_key_blob(key: rsa.RSAPrivateKey) -> bytes:
    """A PRIVATEKEYBLOB of CryptoAPI (wincrypt.h)."""
    numbers, size = key.private_numbers(), key.key_size // 8
    parts = [
        (numbers.public_numbers.n, size),
        *((each, size // 2) for each in (numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp)),
        (numbers.d, size),
    ]
    head = struct.pack("<BBHI", 7, 2, 0, 0xA400)
    head += struct.pack("<4sII", b"RSA2", key.key_size, numbers.public_numbers.e)
    return head + b"".join(value.to_bytes(length, "little") for value, length in parts)


def forget(certificate: x509.Certificate) -> None:
    """Take a certificate out of the user's store again, where it lies in the registry."""
    folder = r"Software\Microsoft\SystemCertificates\My\Certificates"
    sha1 = certificate.fingerprint(hashes.SHA1()).hex().upper()
    with contextlib.suppress(FileNotFoundError):
        winreg.DeleteKey(winreg.HKEY_CURRENT_USER, rf"{folder}\{sha1}")


@pytest.fixture
def forgetting() -> Callable[[x509.Certificate], None]:
    """Takes certificates out of the user's store."""
    return forget


@pytest.fixture
def store() -> Iterator[WindowsKeystore]:
    """The user's store."""
    made = WindowsKeystore()
    yield made
    made.close()


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    resources = CHECKOUT / "resources"
    with Simulator(resources, load(resources / "catalogue")) as running:
        yield running


@pytest.fixture
def put_in(store: WindowsKeystore) -> Iterator[Callable[..., Identity]]:
    """Puts an identity of the simulator's into the store, and gives it as the store lists it."""
    count = 0
    taken: list[x509.Certificate] = []

    def do(certificate_pem: bytes, key_pem: bytes, *, exportable: bool = False) -> Identity:
        nonlocal count
        count += 1
        certificate = x509.load_pem_x509_certificates(certificate_pem)[0]
        key = serialization.load_pem_private_key(key_pem, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        taken.append(certificate)
        put(certificate, key, count, exportable=exportable)
        der = certificate.public_bytes(serialization.Encoding.DER)
        return next(identity for identity in store.identities() if identity.certificate.der == der)

    yield do
    for certificate in taken:
        forget(certificate)


@pytest.fixture
def hold() -> Callable[[Path], Callable[[], None]]:
    """Opens a file as a virus scanner does: nobody else may write or delete it until it is let go."""

    def do(path: Path) -> Callable[[], None]:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateFileW.restype = c_void_p
        kernel.CreateFileW.argtypes = (LPCWSTR, DWORD, DWORD, c_void_p, DWORD, DWORD, c_void_p)
        kernel.CloseHandle.argtypes = (c_void_p,)
        handle = kernel.CreateFileW(str(path), 0x80000000, 0x1, None, 3, 0, None)
        assert handle not in (None, c_void_p(-1).value)
        return lambda: kernel.CloseHandle(handle)

    return do
