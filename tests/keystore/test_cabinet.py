"""All stores together, what was accepted where, and importing from files."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caiso_desktop.keystore.cabinet import OWN_PASSPHRASE, VAULT, WINDOWS, KeystoreCabinet
from caiso_desktop.keystore.memory import MemoryKeystore
from caiso_desktop.keystore.pkcs11 import Pkcs11Keystore
from caiso_desktop.keystore.track_record import SettingsTrackRecord
from caiso_desktop.keystore.vault import Vault
from caiso_desktop.model.cabinet import Cabinet, TrackRecord
from caiso_desktop.model.error import IdentityError, UsageError
from caiso_desktop.model.fake import FakeSettings
from caiso_desktop.model.identity import Identity, IdentityRef
from tests.keystore.conftest import FakePerson, FakeSecrets, Issued


@pytest.fixture
def vault(tmp_path: Path, secrets: FakeSecrets, person: FakePerson) -> Vault:
    return Vault(tmp_path / "vault", secrets, person)


def test_a_store_that_cannot_be_read_hides_no_other(
    vault: Vault, person: FakePerson, jane: Issued, issuing: Issued, tmp_path: Path
) -> None:
    memory = MemoryKeystore("simulator")
    inside = memory.add(jane.pem, jane.key_pem())
    broken = Pkcs11Keystore(tmp_path / "nothing.so", person)
    cabinet = KeystoreCabinet([broken, vault, memory], vault)
    port: Cabinet = cabinet
    imported = port.import_files([jane.pem + jane.key_pem()], None, VAULT.id)
    (tmp_path / "vault" / "damaged.pem").write_bytes(b"")
    assert [each.ref for each in cabinet.identities()] == [imported.ref, inside.ref]
    assert ["PKCS#11 module" in str(each) for each in cabinet.problems()] == [True, False]
    assert cabinet.open(inside.ref) is inside
    with pytest.raises(IdentityError, match="no keystore 'elsewhere'"):
        cabinet.open(IdentityRef("elsewhere", "00"))


def test_an_own_passphrase_is_used_where_it_was_chosen(
    vault: Vault, secrets: FakeSecrets, person: FakePerson, jane: Issued
) -> None:
    person.answers = ["correct horse"]
    cabinet = KeystoreCabinet([vault], vault)
    cabinet.import_files([jane.pem + jane.key_pem()], None, OWN_PASSPHRASE.id)
    assert secrets.texts == {}
    assert [place.id for place in cabinet.import_places()] == [VAULT.id, OWN_PASSPHRASE.id]


def test_windows_comes_first_and_takes_pfx_only(vault: Vault, jane: Issued) -> None:
    taken: list[bytes] = []

    class Importer:
        def import_pfx(self, data: bytes, password: str | None) -> Identity:
            taken.append(data)
            return vault.identities()[0]

    cabinet = KeystoreCabinet([vault], vault, Importer())
    assert cabinet.import_places()[0] == WINDOWS
    with pytest.raises(UsageError, match="files only"):
        cabinet.import_files([jane.pem + jane.key_pem()], None, WINDOWS.id)
    with pytest.raises(UsageError, match="nothing can be imported to 'attic'"):
        cabinet.import_files([jane.pem + jane.key_pem()], None, "attic")
    with pytest.raises(UsageError, match="nothing can be imported to 'windows'"):
        KeystoreCabinet([vault], vault).import_files([jane.pem + jane.key_pem()], None, WINDOWS.id)
    assert taken == []


def test_a_chain_is_completed_by_trusted_authorities_and_by_other_chains(
    tmp_path: Path, secrets: FakeSecrets, person: FakePerson, jane: Issued, issuing: Issued, root: Issued
) -> None:
    def chain(cabinet: KeystoreCabinet, *files: bytes) -> list[bytes]:
        return list(cabinet.import_files(files, None, VAULT.id).certificate.chain)

    first = Vault(tmp_path / "first", secrets, person)
    authorities: list[bytes] = []
    trusting = KeystoreCabinet([first], first, authorities=lambda: authorities)
    assert chain(trusting, jane.pem + jane.key_pem()) == []
    authorities += [issuing.pem, root.pem]  # the user has added them since
    assert chain(trusting, jane.pem + jane.key_pem()) == [issuing.der, root.der]
    second = Vault(tmp_path / "second", secrets, person)
    cabinet = KeystoreCabinet([second], second)
    assert chain(cabinet, jane.pem + jane.key_pem(), issuing.pem) == [issuing.der]
    renewed = issuing.issue("Jane Doe x1234", days=700)
    assert chain(cabinet, renewed.pem + renewed.key_pem()) == [issuing.der]


def test_only_what_is_ours_is_deleted(vault: Vault, jane: Issued, secrets: FakeSecrets, person: FakePerson) -> None:
    cabinet: Cabinet = KeystoreCabinet([vault], vault)
    ref = cabinet.import_files([jane.pem + jane.key_pem()], None, VAULT.id).ref
    assert cabinet.removal(ref).endswith(f"and its passphrase in the {secrets.place}")
    person.answers = ["correct horse"]
    cabinet.import_files([jane.pem + jane.key_pem()], None, OWN_PASSPHRASE.id)
    assert "passphrase" not in cabinet.removal(ref)
    with pytest.raises(UsageError, match="not deleted from here"):
        cabinet.removal(IdentityRef("windows", ref.thumbprint))
    with pytest.raises(UsageError, match="not deleted from here"):
        cabinet.remove(IdentityRef("windows", ref.thumbprint))
    cabinet.remove(ref)
    left: Sequence[Identity] = cabinet.identities()
    assert left == ()


def test_where_a_certificate_worked_is_remembered() -> None:
    settings = FakeSettings()
    record: TrackRecord = SettingsTrackRecord(settings)
    ref, other = IdentityRef("vault", "AA"), IdentityRef("vault", "BB")
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 2, 3, 4, tzinfo=UTC)
    record.note(ref, "production", early)
    record.note(ref, "map-stage", early)
    record.note(ref, "production", late)
    assert SettingsTrackRecord(settings).worked(ref) == {"production": late, "map-stage": early}
    assert record.worked(other) == {}
    for junk in ("{", "[]", '{"production": 3}', '{"production": "yesterday"}'):
        settings.set(f"worked.{ref}", junk)
        assert record.worked(ref) == {}
