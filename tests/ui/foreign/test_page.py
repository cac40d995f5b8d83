"""Requests of other programs in the window: looked through, matched, opened as drafts, nothing sent."""

from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from caiso_desktop.model.fake import FakeCourier
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.foreign.page import ForeignPage
from caiso_desktop.ui.window import Window


def project(*requests: tuple[str, str]) -> str:
    """A SoapUI project of requests: each an endpoint and the text in the Body."""
    calls = "".join(
        f"<con:call name='R{n}'><con:endpoint>{endpoint}</con:endpoint><con:request>"
        + escape(
            f"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>{body}</e:Body></e:Envelope>"
        )
        + "</con:request></con:call>"
        for n, (endpoint, body) in enumerate(requests, 1)
    )
    return (
        "<con:soapui-project xmlns:con='http://eviware.com/soapui/config'><con:interface name='i'>"
        f"<con:operation name='doSomething_v9'>{calls}</con:operation></con:interface></con:soapui-project>"
    )


@pytest.fixture
def show(qtbot: QtBot, window: Window, files: FakeFiles, tmp_path: Path) -> Callable[[str], ForeignPage]:
    def show(text: str) -> ForeignPage:
        files.foreign = tmp_path / "project.xml"
        files.foreign.write_text(text, "utf-8")
        action = window.findChild(QAction, "importDrafts")
        assert isinstance(action, QAction)
        action.trigger()
        page = window.drafts.page("foreignPage")
        assert isinstance(page, ForeignPage)
        qtbot.waitUntil(lambda: "Reading" not in page.text)
        return page

    return show


STAGE = "https://map-stage.example/sst/sibr/RetrieveCleanBidSet_SIBRv4_AP"


def test_a_request_opens_where_it_went(
    window: Window, show: Callable[[str], ForeignPage], courier: FakeCourier
) -> None:
    page = show(project((STAGE, "<Ask a='1'/>"), ("https://x.invalid/", "<Other/>"), ("", "")))
    assert "there is no document in its Body" in page.text
    assert "passwords, certificates, keystores and scripts are not" in page.text
    assert page.table is not None
    assert page.table.rows.row(0)[1:3] == ("sibr/RetrieveCleanBidSet v4 AP", "MAP Stage")
    assert page.table.rows.row(1)[1] == "– not in the catalogue"
    page.open.click()
    panel = window.drafts.current
    assert panel is not None
    assert panel.desk.environment.id == "map-stage"
    assert panel.desk.target == Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
    assert '<Ask a="1"/>' in panel.desk.draft.text
    assert not panel.payload.pristine
    assert not courier.calls


def test_one_without_a_service_is_given_one_by_hand(window: Window, show: Callable[[str], ForeignPage]) -> None:
    page = show(project((STAGE, "<Ask/>"), ("https://x.invalid/", "<Other/>")))
    assert page.table is not None
    page.table.selectRow(1)
    assert not page.open.isEnabled()
    page.row.choose(Target("sibr", "SubmitBids", "v1", Variant.DOCATTACH))
    page.open.click()
    panel = window.drafts.current
    assert panel is not None
    assert panel.desk.environment.id == "simulator"
    assert panel.desk.target == Target("sibr", "SubmitBids", "v1", Variant.DOCATTACH)


def test_all_that_have_a_service_open_at_once(window: Window, show: Callable[[str], ForeignPage]) -> None:
    page = show(project((STAGE, "<Ask/>"), (STAGE, "<AskAgain/>"), ("https://x.invalid/", "<Other/>")))
    page.open_all.click()
    assert len(window.drafts.panels) == 2


def test_what_is_no_such_file_is_told(show: Callable[[str], ForeignPage]) -> None:
    assert "no SoapUI project" in show("<a/>").text
    assert "nothing of it is taken" in show("wsse_profiles: {}").text
