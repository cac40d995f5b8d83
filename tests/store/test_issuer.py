from pathlib import Path

from caiso_desktop.store.issuer import SettingsIssuers
from caiso_desktop.store.setting import FileSettings


def test_an_issuer_is_remembered_by_the_hosts_name(tmp_path: Path) -> None:
    settings = FileSettings(tmp_path / "settings.json")
    issuers = SettingsIssuers(settings)
    assert issuers.last("ws.caiso.com") == ""
    issuers.note("WS.caiso.com.", "CN=Public CA")
    settings.flush()
    later = SettingsIssuers(FileSettings(tmp_path / "settings.json"))
    assert later.last("ws.caiso.com") == "CN=Public CA"
    later.note("ws.caiso.com", "CN=Zscaler")
    assert later.last("ws.caiso.com") == "CN=Zscaler"
    assert later.last("wsmap.caiso.com") == ""


def test_what_is_known_is_not_written_again(tmp_path: Path) -> None:
    settings = FileSettings(tmp_path / "settings.json")
    issuers = SettingsIssuers(settings)
    issuers.note("ws.caiso.com", "CN=Public CA")
    settings.flush()
    (tmp_path / "settings.json").unlink()
    issuers.note("ws.caiso.com", "CN=Public CA")
    settings.flush()
    assert not (tmp_path / "settings.json").exists()
