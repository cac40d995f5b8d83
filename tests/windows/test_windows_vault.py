"""The vault on Windows: Credential Manager, names and paths as Windows users have them, files that others hold."""

import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from caiso_desktop.keystore.certificate import describe
from caiso_desktop.keystore.parcel import Parcel
from caiso_desktop.keystore.secret import KeyringSecrets
from caiso_desktop.keystore.vault import Vault
from caiso_desktop.model.error import StorageError
from caiso_desktop.model.identity import Hash, Padding

assert sys.platform == "win32", "these tests want a Windows Python; run_under_wine.sh gives them one"

Hold = Callable[[Path], Callable[[], None]]
KEY = rsa.generate_private_key(65537, 2048)


class Nobody:
    """Nobody to ask."""

    def passphrase(self, question: str, *, new: bool) -> str | None:
        return None


@pytest.fixture(scope="module")
def parcel() -> Parcel:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Jane Doe x1234")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(KEY.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return Parcel(describe(builder.sign(KEY, hashes.SHA256())), KEY)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A profile as some users have it."""
    return tmp_path / "Zoë Müller 株式会社" / "App Data"


@pytest.fixture
def secrets() -> Iterator[KeyringSecrets]:
    yield KeyringSecrets()


def test_credential_manager_keeps_a_secret_for_this_machine(secrets: KeyringSecrets) -> None:
    assert secrets.place == "Windows Credential Manager"
    secrets.set("test ✓", "s3cret ✓")
    assert KeyringSecrets().get("test ✓") == "s3cret ✓"
    from win32ctypes.pywin32 import win32cred  # type: ignore[import-not-found,unused-ignore]

    kept = win32cred.CredRead("CAISO Desktop vault test ✓", win32cred.CRED_TYPE_GENERIC)
    assert kept["Persist"] == win32cred.CRED_PERSIST_LOCAL_MACHINE
    secrets.delete("test ✓")
    assert secrets.get("test ✓") is None
    secrets.delete("test ✓")


def test_a_vault_in_a_profile_with_spaces_and_letters_of_everywhere(
    home: Path, parcel: Parcel, secrets: KeyringSecrets
) -> None:
    ref = Vault(home / "vault", secrets, Nobody()).add(parcel).ref
    vault = Vault(home / "vault", KeyringSecrets(), Nobody())
    assert len(vault.open(ref).signer.sign(bytes(20), Hash.SHA1, Padding.PKCS1)) == 256
    vault.remove(ref)
    assert list((home / "vault").iterdir()) == []


def test_a_long_path(tmp_path: Path, parcel: Parcel, secrets: KeyringSecrets) -> None:
    folder = Path("\\\\?\\" + str(tmp_path.resolve()))
    while len(str(folder)) < 300:
        folder = folder / ("deep" * 10)
    vault = Vault(folder, secrets, Nobody())
    ref = vault.add(parcel).ref
    assert [identity.ref for identity in vault.identities()] == [ref]
    vault.remove(ref)


def test_a_file_that_is_held_for_a_moment_is_replaced_when_it_is_free(
    home: Path, parcel: Parcel, secrets: KeyringSecrets, hold: Hold
) -> None:
    vault = Vault(home / "vault", secrets, Nobody())
    ref = vault.add(parcel).ref
    path = home / "vault" / f"{ref.thumbprint}.pem"
    before = path.read_bytes()
    timer = threading.Timer(0.3, hold(path))
    timer.start()
    vault.add(parcel)
    timer.join()
    assert path.read_bytes() != before
    vault.remove(ref)


def test_a_file_that_stays_held_is_told_and_stays_whole(
    home: Path, parcel: Parcel, secrets: KeyringSecrets, hold: Hold
) -> None:
    vault = Vault(home / "vault", secrets, Nobody())
    ref = vault.add(parcel).ref
    path = home / "vault" / f"{ref.thumbprint}.pem"
    before = path.read_bytes()
    let_go = hold(path)
    try:
        with pytest.raises(StorageError, match="could not be written"):
            vault.add(parcel)
    finally:
        let_go()
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    opened = Vault(home / "vault", KeyringSecrets(), Nobody()).open(ref)
    assert len(opened.signer.sign(bytes(20), Hash.SHA1, Padding.PKCS1)) == 256
    vault.remove(ref)
