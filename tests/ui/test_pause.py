"""What is done after a pause: once, however often it was asked for, and never after its owner's end."""

import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from caiso_desktop.ui.pause import pause


def test_it_is_done_once_for_all_that_asked_meanwhile(qtbot: QtBot) -> None:
    owner, done = QObject(), list[str]()
    timer, later = pause(owner, 0, lambda: done.append("asked")), pause(owner, 0, lambda: done.append("later"))
    for _ in range(3):
        timer.start()
    later.start()
    qtbot.waitUntil(lambda: "later" in done)
    assert done == ["asked", "later"]
    assert not timer.isActive()
    timer.start()
    qtbot.waitUntil(lambda: done == ["asked", "later", "asked"])


def test_it_ends_with_its_owner(qtbot: QtBot) -> None:
    gone, here, done = QObject(), QObject(), list[str]()
    pause(gone, 0, lambda: done.append("gone")).start()
    shiboken6.delete(gone)
    pause(here, 0, lambda: done.append("here")).start()
    qtbot.waitUntil(lambda: bool(done))
    assert done == ["here"]
