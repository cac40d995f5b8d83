"""A person chooses a proxy, sees which way a draft's host takes, and adds an authority, in the real window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton

from caiso_desktop.keystore.secret import KeyringSecrets
from caiso_desktop.model.error import Fate
from caiso_desktop.model.identity import Trust
from caiso_desktop.model.route import Mode, NetworkChoice, Proxy
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.transport_error import ProxyRefused
from caiso_desktop.ui.exchange_details import ExchangeDetails
from caiso_desktop.ui.network.page import NetworkPage
from tests.journeys.conftest import Desk
from tests.keystore.conftest import session_bus
from tests.wire.conftest import Authority, Server, serve
from tests.wire.proxies import proxy, refusal

__all__ = ["serve", "session_bus"]

Serve = Callable[..., Server]

ROOT = Authority("CAISO root of this run")
TARGET = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.DOCATTACH)


def chip(desk: Desk) -> QToolButton:
    found = desk.window.findChild(QToolButton, "proxyChip")
    assert isinstance(found, QToolButton)
    return found


def open_page(desk: Desk) -> NetworkPage:
    QTest.mouseClick(chip(desk), Qt.MouseButton.LeftButton)
    page = desk.window.findChild(NetworkPage)
    assert page is not None
    desk.until(page.isVisible)
    return page


def to_map_stage(desk: Desk) -> None:
    catalogue = desk.house.catalogue
    desk.window.desk.set_environment(catalogue.environment("map-stage"))
    desk.window.open_draft(TARGET)


def test_a_proxy_is_chosen_and_the_chip_tells_it(own_desk: Desk) -> None:
    desk = own_desk
    desk.window.begin()
    to_map_stage(desk)
    desk.until(lambda: chip(desk).text() == "Direct")
    assert "as no proxy is chosen" in chip(desk).toolTip()
    page = open_page(desk)
    way = page.way
    way.mode.setCurrentIndex(way.mode.findData(Mode.EXPLICIT))
    way.proxy.setText("socks5://proxy.corp:1080")
    way.apply.click()
    assert "not supported" in way.said.text()
    assert desk.house.road.network.choice().mode is Mode.DIRECT
    way.proxy.setText("proxy.corp:8080")
    way.exceptions.setText("*.corp")
    way.user.setText("corp\\jane")
    QTest.keyClick(way.proxy, Qt.Key.Key_Return)
    assert desk.house.road.network.choice() == NetworkChoice(
        Mode.EXPLICIT, Proxy("proxy.corp", 8080), exceptions=("*.corp",), user="corp\\jane"
    )
    desk.until(lambda: chip(desk).text() == "Proxy proxy.corp:8080")
    assert "as it is chosen here" in chip(desk).toolTip()


def test_the_simulator_is_reached_directly_whatever_is_chosen(own_desk: Desk) -> None:
    desk = own_desk
    desk.house.road.network.choose(NetworkChoice(Mode.EXPLICIT, Proxy("proxy.corp", 8080)))
    desk.window.begin()
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
    desk.until(lambda: chip(desk).text() == "Direct")
    desk.send(panel)
    assert panel.desk.exchange is not None
    assert panel.desk.exchange.succeeded


def test_a_password_that_is_kept_no_more_leaves_the_keystore(own_desk: Desk, session_bus: Callable[..., None]) -> None:
    desk, between = own_desk, Proxy("proxy.corp", 8080)
    session_bus()
    desk.house.road.network.choose(NetworkChoice(Mode.EXPLICIT, between, user="jane", remember=True))
    desk.house.reaching.kept.keep(between, "jane", "swordfish")
    desk.window.begin()
    way = open_page(desk).way
    way.apply.click()
    assert way.said.text() == "Counts from the next call on."
    way.remember.setChecked(False)
    way.apply.click()
    desk.until(lambda: "the password kept for the proxy" in way.said.text())
    assert KeyringSecrets().get("proxy jane@proxy.corp:8080") is None


def test_a_script_that_cannot_be_read_is_told_on_the_chip(own_desk: Desk, tmp_path: Path) -> None:
    desk = own_desk
    desk.house.road.network.choose(NetworkChoice(Mode.PAC, pac=str(tmp_path / "none.pac")))
    desk.window.begin()
    to_map_stage(desk)
    desk.until(lambda: chip(desk).text() == "Way not known")
    assert "none.pac cannot be read" in chip(desk).toolTip()


def test_an_authority_is_added_pinned_and_removed(own_desk: Desk, tmp_path: Path) -> None:
    desk = own_desk
    trust = open_page(desk).trust
    trust.environment.setCurrentIndex(trust.environment.findData("map-stage"))
    bad, good = tmp_path / "bad.cer", tmp_path / "root.cer"
    bad.write_bytes(b"nonsense")
    good.write_bytes(ROOT.pem)
    desk.files.imported = [good, bad]
    trust.add.click()
    desk.until(trust.said.isVisible)
    assert trust.said.text().startswith("The file holds no certificate that can be read.")
    assert desk.house.road.trust("map-stage") == Trust()
    desk.files.imported = [good]
    trust.add.click()
    desk.until(lambda: trust.table.rowCount() == 1)
    cell = trust.table.item(0, 0)
    assert cell is not None
    assert cell.text() == "CAISO root of this run"
    assert desk.house.road.trust("map-stage") == Trust((ROOT.pem,), beside_system=True)
    trust.exactly.click()
    desk.until(lambda: desk.house.road.trust("map-stage") == Trust((ROOT.pem,)))
    trust.table.selectRow(0)
    trust.remove.click()
    desk.until(lambda: trust.table.rowCount() == 0)
    assert desk.house.road.trust("map-stage") == Trust()
    assert not trust.table.isVisible()


def test_a_proxy_that_cannot_reach_the_host_is_blamed_and_other_ways_are_offered(own_desk: Desk, serve: Serve) -> None:
    desk = own_desk
    between = serve(proxy(lambda number, head: refusal("502 Bad Gateway")))
    desk.house.road.network.choose(NetworkChoice(Mode.EXPLICIT, Proxy("127.0.0.1", between.port)))
    desk.window.begin()
    desk.window.desk.set_environment(desk.house.catalogue.environment("production"))
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
    (identity,) = desk.house.simulator.keystore.identities()
    panel.desk.set_identity(identity.ref, identity.certificate)
    desk.send(panel)
    exchange = panel.desk.exchange
    assert exchange is not None
    assert isinstance(exchange.failure, ProxyRefused)
    assert exchange.fate is Fate.NOT_SENT
    assert b"caiso.com:443 HTTP/1.1" in between.heads[0]
    said = panel.answer.summary.text
    assert "could not reach" in said
    assert "There are other ways" in said
    button = panel.answer.findChild(QPushButton, "openElsewhereButton")
    assert button is not None
    assert len(between.heads) == 1
    button.click()
    other = desk.window.drafts.current
    assert other is not None
    assert other is not panel
    assert other.desk.environment.id == "production-ecn"
    assert other.desk.draft.text == panel.desk.draft.text
    assert len(between.heads) == 1


def test_the_chain_and_the_way_stand_with_the_exchange(own_desk: Desk) -> None:
    desk = own_desk
    desk.window.begin()
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
    desk.send(panel)
    exchange = panel.desk.exchange
    assert exchange is not None
    assert exchange.response is not None
    assert exchange.response.tls is not None
    details = ExchangeDetails(desk.jobs)
    desk.qtbot.addWidget(details)
    details.show_exchange(exchange)
    assert "Way: direct, as this computer itself is never reached through a proxy" in details.text
    root = exchange.response.tls.links[-1]
    assert root.subject
    number = len(exchange.response.tls.links)
    assert f"Chain {number} {root.subject}\nissued by {root.issuer}\n" in details.text
    assert f"valid {root.since:%Y-%m-%d} to {root.until:%Y-%m-%d}" in details.text
    assert f"serial {root.serial}\nSHA-256 {root.thumbprint}" in details.text
