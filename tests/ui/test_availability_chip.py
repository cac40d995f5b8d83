"""The chip says what is known and from where; when room is short it keeps what is known."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from caiso_desktop.catalogue.calendar import look_up
from caiso_desktop.catalogue.load import load
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.ui.availability_chip import AvailabilityChip

MOMENT = datetime(2017, 10, 18, 15, tzinfo=UTC)
"""Wednesday, 08:00 Pacific: within the daily maintenance."""


@pytest.fixture(scope="module")
def printed(resources: Path) -> Catalogue:
    return load(resources / "catalogue")


def chip(printed: Catalogue, environment: str, qtbot: QtBot) -> AvailabilityChip:
    made = AvailabilityChip()
    qtbot.addWidget(made)
    place = printed.environment(environment)
    made.show_known(place, look_up(place.calendar, MOMENT), None)
    return made


def test_map_stage_is_in_maintenance_by_the_document(printed: Catalogue, qtbot: QtBot) -> None:
    made = chip(printed, "map-stage", qtbot)
    assert made.words.startswith("By document 10.1: in maintenance until 09:00 Pacific")
    assert "simulation cycles only" in made.toolTip()
    assert "No call went there" in made.toolTip()
    assert made.accessibleName().startswith("MAP Stage: By document 10.1: in maintenance")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ("production", "By document 10.1: maintenance comes by CAISO's notice"),
        ("production-ecn", "By document 10.1: nothing is printed about its hours"),
        ("sandbox", "By document 10.1: nothing is printed about its hours"),
    ],
)
def test_the_others_say_what_is_printed(printed: Catalogue, qtbot: QtBot, environment: str, words: str) -> None:
    made = chip(printed, environment, qtbot)
    assert made.words == words
    assert "available" not in made.words


def test_with_little_room_it_keeps_what_is_known(printed: Catalogue, qtbot: QtBot) -> None:
    made = chip(printed, "map-stage", qtbot)
    made.resize(made.sizeHint().width() + 20, 24)
    made.show()
    QApplication.processEvents()
    assert made.text() == made.words
    made.resize(240, 24)
    QApplication.processEvents()
    assert made.text().startswith("In maintenance until")
