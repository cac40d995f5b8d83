"""Templates in the window: kept, found, opened as a new draft, replaced, removed."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from caiso_desktop.model.service import Target
from caiso_desktop.model.template import Owner, Template
from caiso_desktop.model.workshop import Workshop
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.template.list_dialog import TemplateList
from caiso_desktop.ui.template.save_dialog import SaveTemplate
from caiso_desktop.ui.window import Window


@pytest.fixture
def panel(qtbot: QtBot, window: Window, retrieve: Target) -> DraftPanel:
    panel = window.open_draft(retrieve)
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    panel.payload.editor.replace_all("<a>{{trade_date}}</a>")
    return panel


def trigger(window: Window, name: str) -> None:
    action = window.findChild(QAction, name)
    assert action is not None
    action.trigger()


def saving(qtbot: QtBot, window: Window) -> SaveTemplate:
    trigger(window, "saveTemplate")
    dialog = window.findChild(SaveTemplate)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.owner.count() == 2)
    return dialog


def listing(qtbot: QtBot, window: Window) -> TemplateList:
    trigger(window, "openTemplate")
    dialog = window.findChild(TemplateList)
    assert dialog is not None
    qtbot.waitUntil(lambda: "Reading" not in dialog.said)
    return dialog


def test_a_draft_becomes_a_template_and_a_template_a_draft(
    qtbot: QtBot, window: Window, panel: DraftPanel, workshop: Workshop, retrieve: Target
) -> None:
    dialog = saving(qtbot, window)
    assert not dialog.verb.isEnabled()
    QTest.keyClicks(dialog.name, "Every day")
    QTest.keyClicks(dialog.note, "what Jane asks for")
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Saved as the template 'Every day'" in panel.bar.news)
    template = workshop.templates().find("every day")
    assert (template.target, template.note) == (retrieve, "what Jane asks for")
    found = listing(qtbot, window)
    qtbot.waitUntil(lambda: found.table.rows.rowCount() == 1)
    assert found.table.rows.row(0)[:4] == ("Every day", "RetrieveCleanBidSet", "v4", "Yours")
    QTest.keyClicks(found.filter, "zzz")
    assert "No template fits" in found.said
    found.filter.clear()
    QTest.keyClicks(found.filter, "jane")
    before = len(window.drafts.panels)
    QTest.keyClick(found.filter, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(window.drafts.panels) == before + 1)
    opened = window.drafts.current
    assert opened is not None
    assert opened is not panel
    assert opened.desk.draft.text == "<a>{{trade_date}}</a>"
    assert opened.desk.target == retrieve


def test_a_name_that_is_there_is_replaced_only_when_ticked(
    qtbot: QtBot, window: Window, panel: DraftPanel, workshop: Workshop, retrieve: Target
) -> None:
    workshop.templates().save(Template("Bids", retrieve), panel.desk.draft, replace=False)
    dialog = saving(qtbot, window)
    QTest.keyClicks(dialog.name, "bids")
    assert "there already" in dialog.said
    assert not dialog.verb.isEnabled()
    dialog.owner.setCurrentIndex(1)
    assert dialog.verb.isEnabled()  # the company has none of this name
    dialog.owner.setCurrentIndex(0)
    dialog.replace.click()
    QTest.mouseClick(dialog.verb, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Saved" in panel.bar.news)
    templates = workshop.templates()
    assert templates.open(templates.find("bids")).text == "<a>{{trade_date}}</a>"


def test_the_list_is_empty_then_full_then_empty(
    qtbot: QtBot, window: Window, panel: DraftPanel, workshop: Workshop, retrieve: Target, tmp_path: Path
) -> None:
    dialog = listing(qtbot, window)
    assert "no template yet" in dialog.said
    assert not dialog.verb.isEnabled()
    workshop.templates().save(Template("Bids", retrieve, owner=Owner.COMPANY), panel.desk.draft, replace=False)
    dialog.look()
    qtbot.waitUntil(lambda: dialog.table.rows.rowCount() == 1)
    QTest.keyClick(dialog.table, Qt.Key.Key_Delete)
    assert "press it again" in dialog.said
    assert "company's" in dialog.said
    assert workshop.templates().list()[0]
    QTest.keyClick(dialog.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: dialog.table.rows.rowCount() == 0)
    assert not workshop.templates().list()[0]


def test_bad_files_and_services_that_are_gone_are_told(
    qtbot: QtBot, window: Window, panel: DraftPanel, workshop: Workshop, tmp_path: Path
) -> None:
    gone = Target("sibr", "SubmitNothing", "v1", panel.desk.target.variant if panel.desk.target else None)  # type: ignore[arg-type]
    workshop.templates().save(Template("Old", gone), panel.desk.draft, replace=False)
    (tmp_path / "templates" / "bad.caiso-template").write_text("no template\n")
    dialog = listing(qtbot, window)
    qtbot.waitUntil(lambda: dialog.table.rows.rowCount() == 1)
    assert "bad.caiso-template, line 1" in dialog.said
    dialog.do()
    qtbot.waitUntil(lambda: "no service 'SubmitNothing'" in dialog.said)


def test_saving_goes_with_the_draft_s_tab(qtbot: QtBot, window: Window, panel: DraftPanel) -> None:
    saving(qtbot, window)
    window.drafts.close_current()
    qtbot.waitUntil(lambda: window.findChild(SaveTemplate) is None)
