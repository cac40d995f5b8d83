"""What every test has: a Qt without a screen, and guards against what would hang or crash it, or a user's window."""

import gc
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest
from pytestqt.qtbot import QtBot, SignalInstance
from pytestqt.wait_signal import CheckParamsCb, SignalBlocker

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

CHECKOUT = Path(__file__).resolve().parent.parent
QT = ("PySide6", "shiboken6", "qtawesome", "caiso_desktop.ui")
SWEPT = pytest.StashKey[int]()
TESTS_A_FULL_SWEEP = 100
PATIENCE = 60_000
"""Milliseconds that a wait lasts at most: half of what a test may last, as things come late on a busy computer."""


@pytest.fixture(scope="session")
def resources() -> Path:
    """The folder of the program's plain files."""
    return CHECKOUT / "resources"


@pytest.fixture(scope="session", autouse=True)
def no_cards_of_this_machine() -> Iterator[None]:
    """A test meets the tokens it made, never a card that lies in the reader of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("caiso_desktop.keystore.pkcs11.P11_KIT", ())
        yield


@pytest.fixture(autouse=True)
def no_forgotten_dialog(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close a modal dialog that nobody answers, and fail: without this it would hang the run."""
    if "qtbot" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("qapp")
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QWidget

    seen: list[QWidget] = []
    closed: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            return
        if any(dialog is other for other in seen):
            closed.append(dialog.windowTitle() or type(dialog).__name__)
            dialog.close()
        else:
            seen.append(dialog)

    timer = QTimer()
    timer.setInterval(2000)
    timer.timeout.connect(look)
    timer.start()
    yield
    timer.stop()
    if closed:
        pytest.fail(f"a modal dialog was left open and closed by the guard: {', '.join(closed)}")


class PatientBot(QtBot):
    """Waits long: how soon something must come is no matter of a wait, and what never comes fails the test anyway."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE) -> None:  # noqa: N802
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(  # noqa: N802
        self,
        signal: SignalInstance,
        *,
        timeout: int = PATIENCE,
        raising: bool | None = None,
        check_params_cb: CheckParamsCb | None = None,
    ) -> SignalBlocker:
        return super().waitSignal(signal, timeout=timeout, raising=raising, check_params_cb=check_params_cb)


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> PatientBot:
    return PatientBot(request)


class Lookout(MetaPathFinder):
    """Finds no module, but notes each that has to do with Qt and is first imported on another thread than the main one.

    `caiso_desktop.ui.part` says what that leads to.
    """

    def __init__(self) -> None:
        self.strays: list[str] = []

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        elsewhere = threading.current_thread() is not threading.main_thread()
        if elsewhere and any(name == each or name.startswith(f"{each}.") for each in QT):
            self.strays.append(f"{name}\n{''.join(traceback.format_stack())}")
        return None


@pytest.fixture(scope="session")
def lookout() -> Iterator[Lookout]:
    made = Lookout()
    sys.meta_path.insert(0, made)
    yield made
    sys.meta_path.remove(made)


@pytest.fixture(autouse=True)
def qt_is_imported_on_the_main_thread(lookout: Lookout) -> Iterator[None]:
    """Fail a test in which a worker was the first to import what has to do with Qt."""
    yield
    strays, lookout.strays = lookout.strays, []
    if strays:
        pytest.fail(f"first imported on another thread: {' '.join(strays)}")


def pytest_configure() -> None:
    """Let no worker collect garbage: among it are windows of earlier tests (`caiso_desktop.ui.sweeper`)."""
    gc.disable()


def pytest_sessionfinish() -> None:
    """Leave no widget and no icon to the end of the interpreter, which comes after that of the application."""
    gc.collect()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Collect it here, between tests."""
    swept = item.session.stash.get(SWEPT, 0)
    gc.collect(2 if swept % TESTS_A_FULL_SWEEP == 0 else 1)
    item.session.stash[SWEPT] = swept + 1
