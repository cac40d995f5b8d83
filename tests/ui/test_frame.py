"""The frame: what it shows before there is a window, and that the window decides what becomes of it."""

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from caiso_desktop.ui.frame import Frame
from caiso_desktop.ui.token import DARK, LIGHT


class Stubborn(QMainWindow):
    """A window that closes only when it may."""

    may_close = False

    def closeEvent(self, event: QCloseEvent) -> None:
        event.setAccepted(self.may_close)


def test_it_shows_the_environment_s_colour_at_once(qtbot: QtBot) -> None:
    for tokens in (LIGHT, DARK):
        frame = Frame(tokens, tokens.production, None)
        qtbot.addWidget(frame)
        frame.show()
        picture = frame.grab().toImage()
        assert picture.pixelColor(10, 1).name().upper() == tokens.production.upper()
        assert picture.pixelColor(400, 300).name().upper() == tokens.window.upper()


def test_it_comes_back_where_it_was(qtbot: QtBot) -> None:
    first = Frame(LIGHT, LIGHT.simulator, None)
    qtbot.addWidget(first)
    first.resize(700, 500)
    second = Frame(LIGHT, LIGHT.simulator, bytes(first.saveGeometry().toBase64().data()).decode("ascii"))
    qtbot.addWidget(second)
    assert (second.width(), second.height()) == (700, 500)


def test_the_window_in_it_decides_whether_it_closes(qtbot: QtBot) -> None:
    frame, window = Frame(LIGHT, LIGHT.simulator, "not a state"), Stubborn()
    qtbot.addWidget(frame)
    window.setWindowTitle("Within")
    frame.show()
    frame.take_in(window)
    assert (frame.windowTitle(), window.isWindow()) == ("Within", False)
    assert not frame.close()
    assert frame.isVisible()
    window.may_close = True
    assert frame.close()
