"""``caiso network``, over the real house."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from caiso_desktop.keystore.secret import KeyringSecrets
from caiso_desktop.model.route import NetworkChoice, Proxy
from tests.cli.conftest import KeptHouse
from tests.keystore.conftest import session_bus
from tests.wire.conftest import Server, serve
from tests.wire.proxies import proxy, refusal

__all__ = ["serve", "session_bus"]

Caiso = Callable[..., int]


@pytest.fixture(autouse=True)
def usual(house: KeptHouse) -> Iterator[None]:
    """Each test begins and leaves with no proxy."""
    house.road.network.choose(NetworkChoice())
    yield
    house.road.network.choose(NetworkChoice())


def test_a_proxy_is_set_and_shown(caiso: Caiso, house: KeptHouse, capfd: pytest.CaptureFixture[str]) -> None:
    chosen = ("proxy.corp:8080", "--except", "*.corp, 10.0.0.0/8", "--user", "corp\\jane")
    assert caiso("network", "set", "proxy", *chosen, "--remember-password") == 0
    assert capfd.readouterr().out == (
        "Way: this proxy: proxy.corp:8080\n"
        "Directly: *.corp, 10.0.0.0/8\n"
        "User at the proxy: corp\\jane (the password is kept in the keystore of this computer)\n"
    )
    assert caiso("network", "show", "--host", "ws.example.com", "--format", "json") == 0
    shown = json.loads(capfd.readouterr().out)
    assert shown["mode"] == "proxy"
    assert shown["hosts"] == [
        {
            "host": "ws.example.com",
            "port": 443,
            "ways": ["proxy proxy.corp:8080"],
            "learnt": "it is chosen here",
            "error": "",
        }
    ]
    assert caiso("network", "show", "--host", "a.corp:8443") == 0
    assert "a.corp:8443  direct\n    as an exception names the host\n" in capfd.readouterr().out
    assert caiso("network", "set", "none") == 0
    assert caiso("network", "show", "--environment", "production") == 0
    assert "direct" in capfd.readouterr().out


def test_what_cannot_be_set_changes_nothing(caiso: Caiso, house: KeptHouse, capfd: pytest.CaptureFixture[str]) -> None:
    before = house.road.network.choice()
    for wrong in (
        ("proxy",),
        ("proxy", "jane:secret@proxy.corp:8080"),
        ("proxy", "socks5://proxy.corp:1080"),
        ("pac",),
        ("none", "proxy.corp:8080"),
        ("proxy", "proxy.corp:8080", "--user", "jane:secret"),
    ):
        assert caiso("network", "set", *wrong) == 2
        assert "secret" not in capfd.readouterr().err
    assert house.road.network.choice() == before


def test_a_script_that_fails_is_told_with_the_host(
    caiso: Caiso, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert caiso("network", "set", "pac", tmp_path / "none.pac") == 0
    assert caiso("network", "show", "--host", "ws.example.com") == 3
    assert "none.pac cannot be read" in capfd.readouterr().out


def test_a_call_through_a_proxy_that_refuses_tells_whose_side_it_is_and_the_other_ways(
    caiso: Caiso, house: KeptHouse, serve: Callable[..., Server], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    between = serve(proxy(lambda number, head: refusal("403 Forbidden")))
    assert caiso("network", "set", "proxy", f"127.0.0.1:{between.port}") == 0
    payload = tmp_path / "payload.xml"
    payload.write_text("<RequestCleanBidSet/>")
    reference = house.simulator.keystore.identities()[0].ref
    asked = ("call", "sibr/RetrieveCleanBidSet", "--environment", "production", "--payload", payload)
    assert caiso(*asked, "--certificate", reference, "--once") == 3
    err = capfd.readouterr().err
    assert "does not allow connections to" in err
    assert "Other ways: Production ECN leads to the same market" in err
    assert len(between.heads) == 1


def test_a_password_that_is_not_to_be_kept_is_deleted_and_that_is_said(
    caiso: Caiso, house: KeptHouse, session_bus: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    session_bus()
    here = Proxy("proxy.corp", 8080)
    assert caiso("network", "set", "proxy", str(here), "--user", "jane", "--remember-password") == 0
    house.reaching.kept.keep(here, "jane", "swordfish")
    assert caiso("network", "set", "proxy", str(here)) == 0
    assert KeyringSecrets().get("proxy jane@proxy.corp:8080") == "swordfish"
    assert "keystore" not in capfd.readouterr().err
    assert caiso("network", "set", "proxy", "--no-remember-password") == 0
    assert capfd.readouterr().err == "Deleted from the keystore: the password kept for the proxy.\n"
    assert KeyringSecrets().get("proxy jane@proxy.corp:8080") is None
