"""A package from CAISO as its user meets it: dropped in, counted on at once in open drafts, and sent by."""

from pathlib import Path

from PySide6.QtWidgets import QPushButton

from caiso_desktop.model.service import Variant
from tests.journeys.conftest import Desk
from tests.package_maker import SOA, retrieve, zipped


def test_an_imported_wsdl_names_the_action_that_is_sent(own_desk: Desk, tmp_path: Path) -> None:
    desk, window = own_desk, own_desk.window
    before = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.until(lambda: "by rule" in before.head.story)
    desk.files.package = zipped(
        tmp_path / "SIBR Fall 2026.zip", retrieve("CleanBidSet", "v4", action="urn:of-the-wsdl")
    )
    window.packages.choose(folder=False)
    page = window.drafts.page("schemasPage")
    assert page is not None
    desk.until(lambda: not window.packages.work.doing and "1 operation matched" in page.text)  # type: ignore[attr-defined]
    # The draft that was open goes by it too, and the payload nobody has touched begins anew.
    desk.until(lambda: "by rule" not in before.head.story and "from CAISO's WSDL" in before.head.story)
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.until(lambda: "by rule" not in panel.head.story and "from CAISO's WSDL" in panel.head.story)
    assert "MarketStartTime" in panel.desk.draft.text
    url = panel.head.address.url
    root = f"{{{SOA}RequestCleanBidSet_v4.xsd#}}RequestCleanBidSet"
    desk.simulator.accept("/" + url.split("/", 3)[3], action="urn:of-the-wsdl", request_root=root)
    desk.send(panel)
    exchange = panel.desk.exchange
    assert exchange is not None
    assert exchange.succeeded
    assert exchange.operation.soap_action == "urn:of-the-wsdl"
    assert ("SOAPAction", '"urn:of-the-wsdl"') in exchange.request.headers
    # Without the package it is the rule again.
    window.packages.show_page()
    for name, says in (("removePackage", "Remove SIBR Fall 2026?"), ("removePackageYes", "No schema package yet")):
        button = page.findChild(QPushButton, name)
        assert button is not None
        button.click()
        desk.until(lambda says=says: says in page.text)  # type: ignore[attr-defined,misc]
    desk.until(lambda: "by rule" in before.head.story)
