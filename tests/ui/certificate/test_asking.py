"""The window's question for a passphrase: asked by any thread, answered to it, and what was typed stays nowhere."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.identity import Asking
from caiso_desktop.ui.certificate.asking import WindowAsking
from caiso_desktop.ui.certificate.passphrase_dialog import PassphraseDialog
from caiso_desktop.ui.certificate.secret_field import SecretField
from caiso_desktop.ui.jobs import Jobs

Ask = Callable[..., "Future[str | None]"]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.fixture
def asking(window: QWidget) -> Iterator[WindowAsking]:
    made = WindowAsking()
    made.attach(window)
    yield made
    made.close()


@pytest.fixture
def ask(asking: WindowAsking) -> Iterator[Ask]:
    """Asks on a thread of its own."""
    port: Asking = asking
    with ThreadPoolExecutor() as threads:
        yield lambda words="The PIN of card", new=False: threads.submit(port.passphrase, words, new=new)
        asking.close()


def shown(qtbot: QtBot, window: QWidget) -> PassphraseDialog:
    found: list[PassphraseDialog] = []

    def look() -> bool:
        found[:] = [each for each in window.findChildren(PassphraseDialog) if each.isVisible()]
        return bool(found)

    qtbot.waitUntil(look)
    return found[0]


def test_what_is_typed_goes_to_the_thread_that_asks(qtbot: QtBot, window: QWidget, ask: Ask) -> None:
    waiting = ask("The vault's passphrase for Jane")
    dialog = shown(qtbot, window)
    assert not dialog.isModal()
    assert dialog.accessibleName() == "The vault's passphrase for Jane"
    QTest.keyClicks(dialog.field, "correct horse")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert waiting.result(10) == "correct horse"
    assert dialog.field.text() == ""


def test_the_window_goes_on_while_it_waits_and_a_person_may_decline(qtbot: QtBot, window: QWidget, ask: Ask) -> None:
    waiting = ask()
    dialog = shown(qtbot, window)
    other = QLineEdit(window)
    other.show()
    QTest.keyClicks(other, "going on")
    assert other.text() == "going on"
    QTest.keyClicks(dialog.field, "1234")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert waiting.result(10) is None
    assert dialog.field.text() == ""


def test_two_at_once_come_one_after_the_other(qtbot: QtBot, window: QWidget, ask: Ask) -> None:
    waiting = {words: ask(words) for words in ("The PIN of one", "The PIN of two")}
    for _ in range(2):
        dialog = shown(qtbot, window)
        assert len([each for each in window.findChildren(PassphraseDialog) if each.isVisible()]) == 1
        words = dialog.accessibleName()
        QTest.keyClicks(dialog.field, words[-3:])
        dialog.accept()
        assert waiting.pop(words).result(10) == words[-3:]


def test_a_new_one_is_typed_twice_and_long_enough(qtbot: QtBot, window: QWidget, ask: Ask) -> None:
    waiting = ask("A new passphrase for Jane", new=True)
    dialog = shown(qtbot, window)
    QTest.keyClicks(dialog.field, "short")
    assert not dialog.go.isEnabled()
    QTest.keyClicks(dialog.field, " no more")
    QTest.keyClicks(dialog.twin, "short no mure")
    dialog.go.click()
    assert dialog.said == "The two are not the same."
    assert not waiting.done()
    QTest.keyClicks(dialog.twin, "short no more")
    dialog.go.click()
    assert waiting.result(10) == "short no more"


def test_a_wrong_one_is_said(qtbot: QtBot, window: QWidget, ask: Ask) -> None:
    waiting = ask("That was not it. The PIN of card")
    dialog = shown(qtbot, window)
    assert "not it" in dialog.said
    dialog.reject()
    assert waiting.result(10) is None


def test_a_window_that_closes_answers_nothing(qtbot: QtBot, window: QWidget, asking: WindowAsking, ask: Ask) -> None:
    waiting = [ask(f"The PIN of {number}") for number in range(3)]
    dialog = shown(qtbot, window)
    asking.close()
    assert [each.result(10) for each in waiting] == [None] * 3
    qtbot.waitUntil(lambda: not isValid(dialog))
    assert ask("The PIN of later").result(10) is None


def test_the_thread_that_would_show_it_gets_no_answer(asking: WindowAsking) -> None:
    assert asking.passphrase("The PIN of card", new=False) is None


def test_a_cancelled_job_is_not_kept_waiting(qtbot: QtBot, window: QWidget, asking: WindowAsking) -> None:
    jobs, answers = Jobs(), list[str | None]()
    ended = threading.Event()

    def task(token: CancelToken) -> None:
        answers.append(asking.passphrase("The PIN of card", new=False))
        ended.set()

    token = jobs.run(task, owner=window, done=lambda _: None, failed=lambda _: None)
    dialog = shown(qtbot, window)
    token.cancel()
    assert ended.wait(10)
    assert answers == [None]
    qtbot.waitUntil(lambda: not isValid(dialog))
    assert jobs.close(10)


def test_nothing_typed_stays_in_a_field(qtbot: QtBot) -> None:
    field = SecretField("field", "A password")
    qtbot.addWidget(field)
    field.show()
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("before")
    QTest.keyClicks(field, "s3cret")
    field.selectAll()
    for keys in (Qt.Key.Key_C, Qt.Key.Key_Insert):
        QTest.keyClick(field, keys, Qt.KeyboardModifier.ControlModifier)
    field.copy()
    assert clipboard.text() == "before"
    hints = field.inputMethodHints()
    assert hints & Qt.InputMethodHint.ImhSensitiveData
    assert hints & Qt.InputMethodHint.ImhNoPredictiveText
    assert field.take() == "s3cret"
    # Even where somebody made it a plain field, undo would bring nothing back.
    field.setEchoMode(QLineEdit.EchoMode.Normal)
    field.undo()
    assert (field.text(), field.isUndoAvailable()) == ("", False)


def test_a_field_out_of_sight_is_empty(qtbot: QtBot) -> None:
    field = SecretField("field", "A password")
    qtbot.addWidget(field)
    field.show()
    QTest.keyClicks(field, "s3cret")
    field.hide()
    assert field.text() == ""
