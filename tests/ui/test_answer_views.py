"""The views of an answer are made and filled when they are looked at, each with the answer that counts now."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import GuardError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.fake import FakeCourier, FakeSaving
from caiso_desktop.model.service import Target
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.model.workshop import Workshop
from caiso_desktop.ui.answer_parts import AnswerParts
from caiso_desktop.ui.answer_table import AnswerTable
from caiso_desktop.ui.answer_views import AnswerViews, View
from caiso_desktop.ui.document.text import DocumentText
from caiso_desktop.ui.document.tree import DocumentTree
from caiso_desktop.ui.exchange_details import ExchangeDetails
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.jobs import Jobs

LATE: tuple[type[QWidget], ...] = (DocumentTree, AnswerTable, AnswerParts, DocumentText, ExchangeDetails)


@pytest.fixture
def views(qtbot: QtBot, window_jobs: Jobs, workshop: Workshop, files: FakeFiles) -> AnswerViews:
    made = AnswerViews(window_jobs, lambda: AnswerTable(workshop, FakeSaving(), files, window_jobs))
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def exchange(courier: FakeCourier, retrieve: Target) -> Exchange:
    return courier.carry(Call("simulator", retrieve, b"<Request/>"), CancelToken(), ignore_progress)


def report(exchange: Exchange) -> Path:
    assert exchange.answer is not None
    assert exchange.answer.report is not None
    return exchange.answer.report


def first_row(views: AnswerViews) -> str:
    return str(views.tree.view.model().index(0, 0).data())


def made(views: AnswerViews) -> list[type[QWidget]]:
    return [kind for kind in LATE if views.findChild(kind) is not None]


def test_only_what_is_looked_at_is_made(views: AnswerViews, exchange: Exchange) -> None:
    views.show_exchange(exchange, report(exchange))
    assert "Success" in views.summary.text
    assert made(views) == []
    for row, view in enumerate((View.TREE, View.TABLE, View.PARTS, View.TEXT, View.EXCHANGE), 1):
        views.setCurrentIndex(view)
        assert made(views) == list(LATE[:row])
        page = views.findChild(LATE[row - 1])
        assert page is not None
        assert page.isVisible()


def test_each_view_shows_the_newest_answer(
    qtbot: QtBot, views: AnswerViews, exchange: Exchange, tmp_path: Path
) -> None:
    views.show_exchange(exchange, report(exchange))
    for view in View:
        views.setCurrentIndex(view)
    qtbot.waitUntil(lambda: views.text.complete)
    newer = tmp_path / "newer.xml"
    newer.write_text("<Newer><Word>fresh</Word></Newer>", encoding="utf-8")
    assert exchange.answer is not None
    answer = replace(exchange.answer, report=newer, parts=exchange.answer.parts[:1])
    views.show_exchange(replace(exchange, answer=answer), newer)
    assert views.currentIndex() == View.SUMMARY
    views.setCurrentIndex(View.PARTS)
    assert views.parts.table.rows.rowCount() == 1
    views.setCurrentIndex(View.TREE)
    qtbot.waitUntil(lambda: "Newer" in first_row(views))
    views.setCurrentIndex(View.TEXT)
    qtbot.waitUntil(lambda: views.text.complete)


def test_looking_again_does_not_read_again(qtbot: QtBot, views: AnswerViews, exchange: Exchange) -> None:
    views.show_exchange(exchange, report(exchange))
    views.setCurrentIndex(View.TREE)
    qtbot.waitUntil(lambda: views.tree.complete)
    model = views.tree.view.model()
    views.setCurrentIndex(View.SUMMARY)
    views.setCurrentIndex(View.TREE)
    assert views.tree.view.model() is model
    assert views.tree.complete


def test_a_part_that_is_opened_stays_in_the_text(
    qtbot: QtBot, views: AnswerViews, exchange: Exchange, tmp_path: Path
) -> None:
    part = tmp_path / "part.xml"
    part.write_text("<Part>\n" * 40, encoding="utf-8")
    views.show_exchange(exchange, report(exchange))
    views.open_text(part)
    assert views.currentIndex() == View.TEXT
    qtbot.waitUntil(lambda: views.text.complete)
    views.text.area.select_all()
    assert views.text.area.selection.last[0] >= 39


def test_without_an_answer_there_is_nothing_to_look_at(views: AnswerViews, exchange: Exchange) -> None:
    views.show_exchange(replace(exchange, response=None, answer=None), None)
    assert [view for view in View if views.isTabEnabled(view)] == [View.SUMMARY, View.EXCHANGE]
    views.show_error(GuardError("It changes the real market."))
    assert [view for view in View if views.isTabEnabled(view)] == [View.SUMMARY]
    assert "real market" in views.summary.text
