"""The system's keystore, for real: a GNOME keyring on a D-Bus session of the test's own."""

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from caiso_desktop.keystore.parcel import Parcel
from caiso_desktop.keystore.secret import KeyringSecrets, SecretsAbsent, SecretsError, SecretsLocked, SecretsRefused
from caiso_desktop.keystore.vault import Vault
from caiso_desktop.model.identity import Hash, Padding
from tests.keystore.conftest import FakePerson

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")

Start = Callable[..., None]


def lock() -> None:
    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        secretstorage.get_default_collection(connection).lock()


def test_a_secret_is_kept_found_and_forgotten(session_bus: Start) -> None:
    session_bus()
    KeyringSecrets().set("one", "s3cret ✓")
    later = KeyringSecrets()
    assert later.get("one") == "s3cret ✓"
    assert later.get("two") is None
    later.delete("one")
    assert later.get("one") is None
    later.delete("one")


def test_a_vault_is_opened_by_the_next_start_and_by_no_other_keyring(
    session_bus: Start, tmp_path: Path, parcel: Parcel, person: FakePerson
) -> None:
    session_bus()
    added = Vault(tmp_path / "vault", KeyringSecrets(), person).add(parcel)
    [again] = Vault(tmp_path / "vault", KeyringSecrets(), person).identities()
    digest = bytes(32)
    assert again.signer.sign(digest, Hash.SHA256, Padding.PKCS1) == added.signer.sign(
        digest, Hash.SHA256, Padding.PKCS1
    )
    assert "system keyring keeps" in again.key_facts.place
    lock()
    [locked] = Vault(tmp_path / "vault", KeyringSecrets(), person).identities()
    with pytest.raises(SecretsError):
        locked.signer.sign(digest, Hash.SHA256, Padding.PKCS1)
    assert person.questions == []


def test_a_locked_keyring_is_told(session_bus: Start) -> None:
    session_bus()
    secrets = KeyringSecrets()
    secrets.set("one", "secret")
    lock()
    with pytest.raises(SecretsLocked, match="is locked") as caught:
        secrets.get("one")
    assert "Unlock it" in caught.value.advice


def test_no_secret_service_is_told(session_bus: Start) -> None:
    session_bus(keyring=False)
    with pytest.raises(SecretsAbsent, match="no system keyring in this session"):
        KeyringSecrets().set("one", "secret")


def test_no_session_at_all_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'nobody'}")
    with pytest.raises(SecretsAbsent, match="no system keyring in this session"):
        KeyringSecrets().get("one")


def test_a_keyring_that_may_not_be_written_is_told(session_bus: Start) -> None:
    session_bus(rule='<deny send_interface="org.freedesktop.Secret.Collection" send_member="CreateItem"/>')
    with pytest.raises(SecretsRefused, match="refused") as caught:
        KeyringSecrets().set("one", "secret")
    assert "administrators" in caught.value.advice


def test_a_keyring_that_never_answers_is_given_up(session_bus: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    session_bus()
    monkeypatch.setattr("caiso_desktop.keystore.secret.PATIENCE", 0.0)
    with pytest.raises(SecretsLocked, match="did not answer"):
        KeyringSecrets().get("one")
