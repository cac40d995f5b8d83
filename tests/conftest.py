"""What every test has: a Qt without a screen, and a guard against forgotten dialogs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

CHECKOUT = Path(__file__).resolve().parent.parent


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
