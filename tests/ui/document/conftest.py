"""Jobs for the views of documents."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from caiso_desktop.ui.jobs import Jobs


@pytest.fixture(autouse=True)
def bare_style(qapp: QApplication) -> None:
    """No style sheet that another test has given to the whole application: it would win over a widget's palette."""
    if qapp.styleSheet():
        qapp.setStyleSheet("")


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    assert made.close()
