"""One key means one thing: where two actions have it, Qt does neither."""

from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QTabWidget

from caiso_desktop.model.service import Variant
from tests.journeys.conftest import Desk


def test_no_key_of_the_window_is_also_that_of_a_view(desk: Desk) -> None:
    panel = desk.draft("RetrieveCleanBidSet", "v4", Variant.AP)
    desk.send(panel)
    tabs = panel.answer.findChild(QTabWidget, "answerTabs")
    assert tabs is not None
    for row in range(tabs.count()):
        tabs.setCurrentIndex(row)
        desk.qtbot.waitExposed(tabs)
    for view in ("xml", "form", "grid"):
        panel.payload.views.choose(view)
    everywhere: list[str] = []
    elsewhere: set[str] = set()
    for action in desk.window.findChildren(QAction):
        keys = [each.toString() for each in action.shortcuts() if each.toString()]
        # A menu names a key that another widget obeys: such an action is nowhere but in its menu.
        if action.shortcutContext() is Qt.ShortcutContext.WindowShortcut:
            everywhere += keys
        elif action.parent() in action.associatedObjects():
            elsewhere.update(keys)
    for shortcut in desk.window.findChildren(QShortcut):
        key = shortcut.key().toString()
        if shortcut.context() is Qt.ShortcutContext.WindowShortcut:
            everywhere.append(key)
        else:
            elsewhere.add(key)
    assert len(everywhere) > 30
    assert elsewhere
    assert [key for key, times in Counter(everywhere).items() if times > 1] == []
    assert elsewhere.intersection(everywhere) == set()
