"""The vault: nothing in the clear, nothing half-written, and a sentence for everything that can go wrong."""

import os
import stat
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, utils

from caiso_desktop.keystore.certificate import describe
from caiso_desktop.keystore.memory import HASHES
from caiso_desktop.keystore.parcel import Parcel
from caiso_desktop.keystore.secret import SecretsAbsent
from caiso_desktop.keystore.vault import Vault
from caiso_desktop.keystore.vault_file import Kept, VaultError
from caiso_desktop.model.error import IdentityError, StorageError
from caiso_desktop.model.identity import Hash, Identity, IdentityRef, Keystore, Padding
from tests.keystore.conftest import FakePerson, FakeSecrets, Issued

Open = Callable[[], Vault]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "vault"


@pytest.fixture
def open_vault(folder: Path, secrets: FakeSecrets, person: FakePerson) -> Open:
    """A vault as the next start of the program finds it."""
    return lambda: Vault(folder, secrets, person)


def check(identity: Identity, jane: Issued) -> None:
    digest = bytes(32)
    signature = identity.signer.sign(digest, Hash.SHA256, Padding.PKCS1)
    algorithm = HASHES[Hash.SHA256]
    jane.key.public_key().verify(signature, digest, padding.PKCS1v15(), utils.Prehashed(algorithm))


def test_what_was_added_is_there_at_the_next_start(open_vault: Open, parcel: Parcel, jane: Issued) -> None:
    port: Keystore = open_vault()
    assert port.identities() == ()
    added = open_vault().add(parcel)
    [found] = open_vault().identities()
    assert found.ref == added.ref == IdentityRef("vault", parcel.certificate.thumbprint)
    assert found.certificate == parcel.certificate
    assert found.key_facts.exportable is False
    check(open_vault().open(found.ref), jane)


def test_a_file_is_looked_at_each_time_though_its_certificate_is_remembered(
    open_vault: Open, folder: Path, parcel: Parcel
) -> None:
    vault = open_vault()
    ref = vault.add(parcel).ref
    assert vault.open(ref).certificate is vault.open(ref).certificate
    [path] = folder.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"MII", b"???"))
    with pytest.raises(VaultError, match="damaged"):
        vault.open(ref)
    path.write_bytes(whole.replace(b"passphrase system", b"passphrase person"))
    assert "you type" in vault.open(ref).key_facts.place
    path.unlink()
    with pytest.raises(IdentityError, match="not in the vault"):
        vault.open(ref)
    path.write_bytes(whole)
    assert vault.open(ref).certificate == parcel.certificate


def test_nothing_lies_there_in_the_clear(open_vault: Open, folder: Path, parcel: Parcel, secrets: FakeSecrets) -> None:
    open_vault().add(parcel)
    [path] = list(folder.iterdir())
    text = path.read_bytes()
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in text
    [secret] = secrets.texts.values()
    assert len(bytes.fromhex(secret)) * 8 == 256
    assert secret.encode() not in text
    for form in (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL):
        plain = parcel.key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        assert plain.splitlines()[3] not in text
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_listing_touches_no_key_and_no_keystore(open_vault: Open, parcel: Parcel, secrets: FakeSecrets) -> None:
    open_vault().add(parcel)
    secrets.absent = True
    [identity] = open_vault().identities()
    assert identity.signer.supports(Hash.SHA512, Padding.PSS)
    with pytest.raises(SecretsAbsent):
        check(identity, Issued(None, None))  # type: ignore[arg-type]


def test_the_keystore_is_asked_once_a_session(
    open_vault: Open, parcel: Parcel, jane: Issued, secrets: FakeSecrets
) -> None:
    vault = open_vault()
    identity = vault.add(parcel)
    secrets.texts.clear()
    check(identity, jane)
    check(vault.open(identity.ref), jane)


def test_a_moved_profile_says_so(open_vault: Open, parcel: Parcel, secrets: FakeSecrets) -> None:
    ref = open_vault().add(parcel).ref
    secrets.texts.clear()
    with pytest.raises(VaultError, match="copied here from another computer") as caught:
        open_vault().open(ref).signer.sign(bytes(32), Hash.SHA256, Padding.PKCS1)
    assert "Import" in caught.value.advice


def test_another_passphrase_in_the_keystore_says_so(open_vault: Open, parcel: Parcel, secrets: FakeSecrets) -> None:
    ref = open_vault().add(parcel).ref
    secrets.texts = dict.fromkeys(secrets.texts, "another")
    with pytest.raises(VaultError, match="does not open"):
        open_vault().open(ref).signer.sign(bytes(32), Hash.SHA256, Padding.PKCS1)


def test_without_a_keystore_nothing_is_written(
    open_vault: Open, folder: Path, parcel: Parcel, secrets: FakeSecrets
) -> None:
    secrets.absent = True
    with pytest.raises(SecretsAbsent):
        open_vault().add(parcel)
    assert not folder.exists()


def test_a_passphrase_of_ones_own_is_asked_for_once_a_session(
    open_vault: Open, parcel: Parcel, jane: Issued, secrets: FakeSecrets, person: FakePerson
) -> None:
    secrets.absent = True
    person.answers = ["correct horse"]
    ref = open_vault().add(parcel, Kept.PERSON).ref
    assert person.questions == ["A new passphrase for Jane Doe x1234"]
    vault = open_vault()
    person.answers = ["battery staple", "correct horse"]
    for _ in range(3):
        check(vault.open(ref), jane)
    assert person.questions[1:] == [
        "The vault's passphrase for Jane Doe x1234",
        "That was not it. The vault's passphrase for Jane Doe x1234",
    ]
    assert "you type once a session" in vault.open(ref).key_facts.place


def test_a_passphrase_that_is_not_given_or_never_right_is_told(
    open_vault: Open, parcel: Parcel, person: FakePerson
) -> None:
    person.answers = ["correct horse"]
    ref = open_vault().add(parcel, Kept.PERSON).ref
    person.answers = [None]
    with pytest.raises(VaultError, match="was not given"):
        open_vault().open(ref).signer.sign(bytes(32), Hash.SHA256, Padding.PKCS1)
    person.answers = ["wrong", "wrong", "wrong", "correct horse"]
    with pytest.raises(VaultError, match="does not open"):
        open_vault().open(ref).signer.sign(bytes(32), Hash.SHA256, Padding.PKCS1)
    assert person.answers == ["correct horse"]


@pytest.mark.parametrize("typed", [None, "short"])
def test_no_file_is_made_without_a_good_passphrase(
    open_vault: Open, folder: Path, parcel: Parcel, person: FakePerson, typed: str | None
) -> None:
    person.answers = [typed]
    with pytest.raises(IdentityError, match="at least 8"):
        open_vault().add(parcel, Kept.PERSON)
    assert not folder.exists()


def test_adding_it_again_replaces_it_and_its_passphrase(
    open_vault: Open, folder: Path, parcel: Parcel, jane: Issued, secrets: FakeSecrets
) -> None:
    first = open_vault().add(parcel).ref
    before = dict(secrets.texts)
    assert open_vault().add(parcel).ref == first
    assert len(list(folder.iterdir())) == len(secrets.texts) == 1
    assert not before.items() & secrets.texts.items()
    check(open_vault().open(first), jane)


def test_a_write_that_fails_leaves_what_was_there(
    open_vault: Open,
    folder: Path,
    parcel: Parcel,
    jane: Issued,
    secrets: FakeSecrets,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ref = open_vault().add(parcel).ref
    before = dict(secrets.texts)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="No space left"):
            open_vault().add(parcel)
    assert [path.name for path in folder.iterdir()] == [f"{ref.thumbprint}.pem"]
    assert secrets.texts == before
    check(open_vault().open(ref), jane)


def test_a_damaged_file_is_told_and_hides_no_other(
    open_vault: Open, folder: Path, parcel: Parcel, issuing: Issued
) -> None:
    other = issuing.issue("John Roe x5678")
    vault = open_vault()
    good = vault.add(Parcel(describe(other.certificate), other.key)).ref
    bad = vault.add(parcel).ref
    path = folder / f"{bad.thumbprint}.pem"
    whole = path.read_bytes()
    for damage, says in (
        (whole[:200], "damaged"),
        (b"", "damaged"),
        (whole.replace(b"vault 1", b"vault 2"), "newer version"),
        (whole.replace(b"BEGIN CERTIFICATE", b"BEGIN CERTIFICAT"), "damaged"),
        ((folder / f"{good.thumbprint}.pem").read_bytes(), "another certificate"),
    ):
        path.write_bytes(damage)
        assert [identity.ref for identity in open_vault().identities()] == [good]
        [error] = open_vault().damaged()
        assert says in str(error)
        with pytest.raises(VaultError, match=says):
            open_vault().open(bad)


def test_a_key_that_was_exchanged_is_told(
    open_vault: Open, folder: Path, parcel: Parcel, issuing: Issued, root: Issued, secrets: FakeSecrets
) -> None:
    ref = open_vault().add(parcel).ref
    [secret] = secrets.texts.values()
    path = folder / f"{ref.thumbprint}.pem"
    text = path.read_bytes()
    key = text[text.index(b"-----BEGIN ENC") : text.index(b"-----BEGIN CERT")]
    path.write_bytes(text.replace(key, root.key_pem(secret.encode())))
    with pytest.raises(VaultError, match="is not that of Jane Doe"):
        open_vault().open(ref).signer.sign(bytes(32), Hash.SHA256, Padding.PKCS1)


def test_removing_it_leaves_neither_file_nor_passphrase(
    open_vault: Open, folder: Path, parcel: Parcel, secrets: FakeSecrets
) -> None:
    vault = open_vault()
    identity = vault.add(parcel)
    vault.remove(identity.ref)
    assert list(folder.iterdir()) == []
    assert secrets.texts == {}
    with pytest.raises(IdentityError, match="not in the vault"):
        vault.open(identity.ref)
    with pytest.raises(IdentityError, match="not in the vault"):
        vault.remove(identity.ref)
    with pytest.raises(VaultError, match="cannot be read"):
        identity.signer.sign(bytes(32), Hash.SHA256, Padding.PKCS1)


def test_a_reference_to_another_store_is_not_here(open_vault: Open, parcel: Parcel) -> None:
    ref = open_vault().add(parcel).ref
    with pytest.raises(IdentityError, match="not in the vault"):
        open_vault().open(IdentityRef("windows", ref.thumbprint))


def test_eight_threads_sign_with_one_key(open_vault: Open, parcel: Parcel, jane: Issued, person: FakePerson) -> None:
    person.answers = ["correct horse", "correct horse"]
    ref = open_vault().add(parcel, Kept.PERSON).ref
    vault = open_vault()
    together = threading.Barrier(8)

    def work(_number: int) -> None:
        together.wait()
        check(vault.open(ref), jane)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert len(person.questions) == 2
