from pathlib import Path

import pytest

from caiso_desktop.store.known_host import ApprovedHosts
from caiso_desktop.store.setting import FileSettings


def test_a_host_is_approved_for_one_certificate_and_remembered(tmp_path: Path) -> None:
    settings = FileSettings(tmp_path / "settings.json")
    hosts = ApprovedHosts(settings)
    hosts.approve("Market.Example.com.", "ab")
    hosts.approve("other.example.com", "AB")
    settings.flush()
    later = ApprovedHosts(FileSettings(tmp_path / "settings.json"))
    assert later.approved("market.example.com", "AB")
    assert later.approved("OTHER.example.com", "ab")
    assert not later.approved("market.example.com", "CD")
    assert not later.approved("example.com", "AB")


@pytest.mark.parametrize("wrong", ["", "two hosts.com evil.com", "*", "a/b", "-"])
def test_what_is_no_host_is_not_remembered(tmp_path: Path, wrong: str) -> None:
    hosts = ApprovedHosts(FileSettings(tmp_path / "settings.json"))
    hosts.approve(wrong, "AB")
    assert not hosts.approved("evil.com", "AB")
    assert not hosts.approved(wrong, "AB")
