"""The strip of an exchange that is being saved: one sentence for one that was stopped, whenever that was."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, Cancelled
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.saving_strip import SavingStrip


@pytest.mark.parametrize("begun", [True, False])
def test_what_was_stopped_was_not_saved_in_the_same_words(qtbot: QtBot, window_jobs: Jobs, begun: bool) -> None:
    strip = SavingStrip(window_jobs)
    qtbot.addWidget(strip)
    at_work, stopped = threading.Event(), threading.Event()

    def save(token: CancelToken, tell: object) -> None:
        token.on_cancel(stopped.set)
        at_work.set()
        stopped.wait(60)
        raise Cancelled("It was looked for just now.")

    def hold(token: CancelToken) -> None:
        token.on_cancel(stopped.set)
        stopped.wait(60)

    # With every worker at something else the saving is stopped before it has begun.
    holds = [
        window_jobs.run(hold, owner=strip, done=lambda nothing: None, failed=lambda error: None, long=True)
        for _ in range(0 if begun else 64)
    ]
    errors: list[CaisoError] = []
    strip.run(save, done=lambda nothing: None, failed=errors.append)
    if begun:
        qtbot.waitUntil(at_work.is_set)
    strip.stop.click()
    stopped.set()
    qtbot.waitUntil(lambda: bool(errors))
    assert at_work.is_set() is begun
    assert errors[0].detail == "The exchange was not saved."
    assert not strip.under_way
    for each in holds:
        each.cancel()
