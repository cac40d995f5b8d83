"""Tasks leave the GUI thread and their outcomes come back to it, once."""

import logging
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QThread
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, Cancelled, Fate, StorageError
from caiso_desktop.ui.jobs import Jobs


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    made = Jobs(workers=1)
    yield made
    assert made.close()


def unexpected(error: CaisoError) -> None:
    pytest.fail(f"the task failed: {error}")


def drain(jobs: Jobs, qtbot: QtBot) -> None:
    """Wait until everything sent before now has been delivered."""
    seen: list[int] = []
    owner = QObject()
    jobs.run(lambda token: 1, owner=owner, done=seen.append, failed=unexpected)
    qtbot.waitUntil(lambda: bool(seen))


def test_a_task_runs_elsewhere_and_its_result_arrives_here(jobs: Jobs, qtbot: QtBot) -> None:
    here = QThread.currentThread()
    results: list[tuple[int, bool]] = []
    jobs.run(
        lambda token: threading.get_ident(),
        owner=jobs,
        done=lambda ident: results.append((ident, QThread.currentThread() is here)),
        failed=unexpected,
    )
    qtbot.waitUntil(lambda: bool(results))
    assert results == [(results[0][0], True)]
    assert results[0][0] != threading.get_ident()


def test_an_outcome_never_comes_before_run_has_returned(jobs: Jobs, qtbot: QtBot) -> None:
    results: list[int] = []
    ended = threading.Event()
    jobs.run(lambda token: ended.set(), owner=jobs, done=lambda _: results.append(1), failed=unexpected)
    assert ended.wait(5)
    assert results == []
    qtbot.waitUntil(lambda: results == [1])


def test_an_error_of_the_tree_arrives_as_it_is(jobs: Jobs, qtbot: QtBot) -> None:
    raised = StorageError("the disk is full.")
    errors: list[CaisoError] = []

    def task(token: CancelToken) -> None:
        raise raised

    jobs.run(task, owner=jobs, done=lambda _: pytest.fail("not done"), failed=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert errors == [raised]


def test_an_unexpected_error_becomes_a_sentence_and_its_trace_goes_to_the_log(
    jobs: Jobs, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    errors: list[CaisoError] = []

    def task(token: CancelToken) -> None:
        raise ZeroDivisionError("secret detail")

    with caplog.at_level(logging.ERROR):
        jobs.run(task, owner=jobs, done=lambda _: pytest.fail("not done"), failed=errors.append)
        qtbot.waitUntil(lambda: bool(errors))
    assert "secret detail" not in str(errors[0])
    assert "ZeroDivisionError" in str(errors[0])
    assert caplog.records[0].exc_info is not None
    assert "secret detail" in caplog.text


def test_an_owner_that_is_gone_gets_nothing(jobs: Jobs, qtbot: QtBot) -> None:
    owner = QObject()
    go = threading.Event()
    results: list[object] = []
    jobs.run(lambda token: go.wait(5), owner=owner, done=results.append, failed=results.append)
    tell = jobs.relay(results.append, owner=owner)
    delete(owner)
    tell(3)
    go.set()
    drain(jobs, qtbot)
    assert results == []


class Panel:
    """What functions that are handed in refer to."""


def last_seen(panel: Panel, where: list[int]) -> None:
    """Let it be told which thread lets go of it."""
    weakref.finalize(panel, lambda: where.append(threading.get_ident()))


def errand_of_a_panel(jobs: Jobs, where: list[int], *, fails: bool) -> None:
    """Run a task that refers to something that nobody else holds, as the one of a panel does that was closed."""
    panel = Panel()
    last_seen(panel, where)

    def task(token: CancelToken) -> Panel:
        if fails:
            raise StorageError(f"{panel} is full.")
        return panel

    jobs.run(task, owner=jobs, done=lambda _: None, failed=lambda _: None)


@pytest.mark.parametrize("fails", [False, True])
def test_what_a_task_refers_to_is_let_go_of_here(jobs: Jobs, qtbot: QtBot, fails: bool) -> None:
    where: list[int] = []
    for _ in range(50):
        errand_of_a_panel(jobs, where, fails=fails)
        drain(jobs, qtbot)
    assert set(where) == {threading.get_ident()}
    assert len(where) == 50


def test_what_a_task_refers_to_that_ended_while_it_was_closed_is_let_go_of_here(qtbot: QtBot) -> None:
    where: list[int] = []
    for _ in range(50):
        jobs = Jobs(workers=1)
        errand_of_a_panel(jobs, where, fails=False)
        assert jobs.close()
    assert set(where) == {threading.get_ident()}
    assert len(where) == 50


def test_a_cancel_reaches_a_running_task(jobs: Jobs, qtbot: QtBot) -> None:
    errors: list[CaisoError] = []
    begun = threading.Event()

    def task(token: CancelToken) -> None:
        stopped = threading.Event()
        token.on_cancel(stopped.set)
        begun.set()
        assert stopped.wait(5)
        raise Cancelled

    token = jobs.run(task, owner=jobs, done=lambda _: pytest.fail("not done"), failed=errors.append)
    assert begun.wait(5)
    token.cancel()
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], Cancelled)


def test_a_task_cancelled_before_it_began_never_begins(jobs: Jobs, qtbot: QtBot) -> None:
    go = threading.Event()
    began: list[int] = []
    errors: list[CaisoError] = []
    jobs.run(lambda token: go.wait(5), owner=jobs, done=lambda _: None, failed=unexpected)
    token = jobs.run(lambda token: began.append(1), owner=jobs, done=lambda _: pytest.fail("x"), failed=errors.append)
    token.cancel()
    qtbot.waitUntil(lambda: bool(errors))
    go.set()
    drain(jobs, qtbot)
    assert began == []
    assert isinstance(errors[0], Cancelled)
    assert errors[0].fate is Fate.NOT_SENT


def test_long_tasks_leave_the_short_ones_their_thread(jobs: Jobs, qtbot: QtBot) -> None:
    go = threading.Event()
    ended: list[object] = []
    for _ in range(3):
        jobs.run(lambda token: go.wait(10), owner=jobs, done=ended.append, failed=unexpected, long=True)
    drain(jobs, qtbot)
    assert ended == []
    go.set()
    qtbot.waitUntil(lambda: ended == [True, True, True])


def test_a_relay_drops_what_is_out_of_date_but_never_the_last(jobs: Jobs, qtbot: QtBot) -> None:
    seen: list[int] = []
    order: list[str] = []
    tell = jobs.relay(seen.append, owner=jobs)

    ended = threading.Event()

    def task(token: CancelToken) -> None:
        for i in range(1000):
            tell(i)
        ended.set()

    jobs.run(
        task,
        owner=jobs,
        done=lambda _: order.append(str(seen[-1])),
        failed=unexpected,
    )
    assert ended.wait(5)
    qtbot.waitUntil(lambda: bool(order))
    assert seen == [999]
    assert order == ["999"]


def test_closing_cancels_waits_and_delivers_nothing(qtbot: QtBot) -> None:
    jobs = Jobs()
    begun = threading.Event()
    results: list[object] = []

    def task(token: CancelToken) -> None:
        stopped = threading.Event()
        token.on_cancel(stopped.set)
        begun.set()
        stopped.wait(10)

    jobs.run(task, owner=jobs, done=results.append, failed=results.append)
    assert begun.wait(5)
    assert jobs.close()
    jobs.run(lambda token: results.append(1), owner=jobs, done=results.append, failed=results.append)
    QCoreApplication.processEvents()
    assert results == []


def test_closing_does_not_wait_for_a_task_that_no_thread_took(qtbot: QtBot) -> None:
    jobs = Jobs(workers=1)
    begun, stopped = threading.Event(), threading.Event()

    def task(token: CancelToken) -> None:
        token.on_cancel(stopped.set)
        begun.set()
        stopped.wait(10)

    results: list[object] = []
    jobs.run(task, owner=jobs, done=results.append, failed=results.append)
    jobs.run(lambda token: results.append(1), owner=jobs, done=results.append, failed=results.append)
    assert begun.wait(5)
    assert jobs.close(timeout=30)
    assert stopped.is_set()
    QCoreApplication.processEvents()
    assert results == []


def test_closing_does_not_wait_for_ever(qtbot: QtBot) -> None:
    jobs = Jobs()
    go = threading.Event()
    begun = threading.Event()

    def deaf(token: CancelToken) -> None:
        begun.set()
        go.wait(10)

    jobs.run(deaf, owner=jobs, done=lambda _: None, failed=unexpected)
    assert begun.wait(5)
    assert not jobs.close(timeout=0.05)
    go.set()
    assert jobs.close()
