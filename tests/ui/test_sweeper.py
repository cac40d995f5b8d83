"""Garbage that refers to itself is found on the GUI thread, and only there."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from caiso_desktop.ui.sweeper import Sweeper


@pytest.fixture
def sweeper(qtbot: QtBot) -> Iterator[Sweeper]:
    made = Sweeper()
    yield made
    made.stop()
    gc.unfreeze()


class Panel(QWidget):
    """A widget that a closure of its own keeps, as a connected function does."""

    def __init__(self) -> None:
        super().__init__()
        self.again = lambda: self


def leave_garbage() -> list[str]:
    """Forget a panel that refers to itself; tells on which thread its destructor ran."""
    where: list[str] = []
    panel = Panel()
    panel.destroyed.connect(lambda: where.append(threading.current_thread().name), Qt.ConnectionType.DirectConnection)
    return where


def test_a_worker_that_makes_much_collects_no_widgets(sweeper: Sweeper, qtbot: QtBot) -> None:
    sweeper.begin()
    where = leave_garbage()
    kept: list[list[int]] = []
    # So many that CPython's own collector would look through everything, several times.
    worker = threading.Thread(target=lambda: kept.extend([each] for each in range(200_000)))
    worker.start()
    worker.join()
    assert where == []
    qtbot.waitUntil(lambda: bool(where))
    assert where == ["MainThread"]
    assert kept


def test_what_was_there_at_the_beginning_is_not_looked_through_again(sweeper: Sweeper) -> None:
    sweeper.begin()
    assert gc.get_freeze_count() > 1000
    assert not gc.isenabled()


def collections(generation: int) -> int:
    """How often this generation has been looked through."""
    return int(gc.get_stats()[generation]["collections"])


def test_everything_is_looked_through_now_and_then_and_not_all_the_time(sweeper: Sweeper) -> None:
    before, kept = collections(2), []
    for _ in range(300):
        kept.append([[each] for each in range(1000)])
        sweeper.sweep()
    assert collections(2) == before + 1


def test_nothing_is_looked_through_where_little_was_made(sweeper: Sweeper) -> None:
    gc.collect()
    before = [collections(generation) for generation in range(3)]
    sweeper.sweep()
    assert [collections(generation) for generation in range(3)] == before
