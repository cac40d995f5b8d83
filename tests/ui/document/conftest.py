"""Jobs for the views of documents."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from caiso_desktop.ui.jobs import Jobs


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    assert made.close()
