"""A change of who vouches for a server, over the real memory of it."""

from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from caiso_desktop.keystore.witness import IssuerWitness
from caiso_desktop.store.issuer import SettingsIssuers
from caiso_desktop.store.setting import FileSettings
from tests.wire.conftest import Authority

ROOT, OTHER = Authority("CAISO root of this run"), Authority("Other")


def test_a_change_is_told_once(tmp_path: Path) -> None:
    ours, theirs = (each.certificate.public_bytes(Encoding.DER) for each in (ROOT, OTHER))
    file = tmp_path / "settings.json"
    settings = FileSettings(file)
    witness = IssuerWitness(SettingsIssuers(settings))
    assert witness.observe("ws.caiso.com", ours) is None
    assert witness.observe("ws.caiso.com", ours) is None
    settings.flush()
    again = IssuerWitness(SettingsIssuers(FileSettings(file)))
    note = again.observe("ws.caiso.com", theirs)
    assert note is not None
    assert note.meaning == (
        "The certificate of ws.caiso.com was issued by CN=Other. The last time it was CN=CAISO root of this run."
    )
    assert again.observe("ws.caiso.com", theirs) is None
    assert again.observe("ws.caiso.com", b"nonsense") is None


def test_this_computer_s_own_servers_are_not_remembered(tmp_path: Path) -> None:
    settings = FileSettings(tmp_path / "settings.json")
    der = ROOT.certificate.public_bytes(Encoding.DER)
    assert IssuerWitness(SettingsIssuers(settings)).observe("127.0.0.1", der) is None
    settings.flush()
    assert not (tmp_path / "settings.json").exists()
