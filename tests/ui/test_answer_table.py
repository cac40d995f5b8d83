"""The table of an answer: what it shows, sorted, narrowed, copied and saved."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from caiso_desktop.contract.report_table import ReportTableReader
from caiso_desktop.contract.spreadsheet import SheetFiles
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.fake import FakeCourier, FakeSaving
from caiso_desktop.model.report_table import ReportTable
from caiso_desktop.model.service import Target
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.model.workshop import Workshop
from caiso_desktop.ui.answer_table import AnswerTable
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.file_choice import Destination
from caiso_desktop.ui.jobs import Jobs

REPORT = """<Awards><Payload>
<Award><unit>ALFA_1</unit><Hour><start>2026-11-26T08:00:00Z</start><mw>9</mw></Hour>
<Hour><start>2026-11-26T19:00:00Z</start><mw>100.5</mw></Hour></Award>
<Award><unit>BETA_7</unit><Hour><start>2026-11-26T08:00:00Z</start><mw>20</mw></Hour></Award>
</Payload></Awards>"""


@pytest.fixture
def table(qtbot: QtBot, window_jobs: Jobs, workshop: Workshop, files: FakeFiles) -> AnswerTable:
    made = AnswerTable(workshop, FakeSaving(), files, window_jobs)
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    return made


@pytest.fixture
def exchange(courier: FakeCourier, retrieve: Target) -> Exchange:
    return courier.carry(Call("simulator", retrieve, b"<Request/>"), CancelToken(), ignore_progress)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.xml"
    path.write_text(REPORT, encoding="utf-8")
    return path


@pytest.fixture
def opened(qtbot: QtBot, table: AnswerTable, exchange: Exchange, report: Path) -> AnswerTable:
    table.open(exchange, report)
    qtbot.waitUntil(lambda: table.view.isVisible())
    return table


def rows(table: AnswerTable) -> list[tuple[str, ...]]:
    model = table.model
    return [
        tuple(model.cell(row, column).words for column in range(model.columnCount())) for row in range(model.rowCount())
    ]


def test_hours_are_told_in_pacific_and_nothing_can_be_typed(opened: AnswerTable) -> None:
    assert rows(opened) == [
        ("ALFA_1", "2026-11-26 HE 1", "9"),
        ("ALFA_1", "2026-11-26 HE 12", "100.5"),
        ("BETA_7", "2026-11-26 HE 1", "20"),
    ]
    assert opened.said.text().startswith("3 rows.")
    assert not opened.model.flags(opened.model.index(0, 0)) & Qt.ItemFlag.ItemIsEditable
    assert "2 rows share it." in opened.model.about(0, 0)


def test_numbers_are_sorted_by_their_size(opened: AnswerTable) -> None:
    opened.view.sort_next(2)
    assert [row[2] for row in rows(opened)] == ["9", "20", "100.5"]
    opened.view.sort_next(2)
    assert [row[2] for row in rows(opened)] == ["100.5", "20", "9"]


def test_what_is_not_there_is_last_either_way(
    qtbot: QtBot, table: AnswerTable, exchange: Exchange, tmp_path: Path
) -> None:
    path = tmp_path / "report.xml"
    path.write_text(REPORT.replace("<mw>20</mw>", ""), encoding="utf-8")
    table.open(exchange, path)
    qtbot.waitUntil(lambda: table.view.isVisible())
    for left in (["9", "100.5", ""], ["100.5", "9", ""]):
        table.view.sort_next(2)
        assert [row[2] for row in rows(table)] == left


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("alfa", ["9", "100.5"]),
        ("HE 1", ["9", "20"]),
        ("he12", ["100.5"]),
        ("alfa he 01", ["9"]),
        ("2026-11-26T19", ["100.5"]),
        ('"HE 12"', ["100.5"]),
        ("(", []),
    ],
)
def test_rows_are_narrowed_by_words_and_hours(qtbot: QtBot, opened: AnswerTable, words: str, left: list[str]) -> None:
    opened.view.sort_next(2)
    opened.filter.setText(words)
    qtbot.waitUntil(lambda: [row[2] for row in rows(opened)] == left)
    assert opened.view.isVisible() is bool(left)
    if len(left) < 3:
        assert opened.said.text().startswith(f"{len(left)} of 3 rows")
    opened.filter.clear()
    assert [row[2] for row in rows(opened)] == ["9", "20", "100.5"]


def test_other_elements_are_rows_when_they_are_chosen(qtbot: QtBot, opened: AnswerTable) -> None:
    assert opened.kinds.count() == 2
    opened.kinds.setCurrentIndex(0)
    opened.kinds.activated.emit(0)
    qtbot.waitUntil(lambda: opened.model.rowCount() == 2)
    assert [row[0] for row in rows(opened)] == ["ALFA_1", "BETA_7"]


def test_what_is_selected_is_copied(opened: AnswerTable) -> None:
    opened.view.selectAll()
    QTest.keyClick(opened.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[1] == "ALFA_1\t2026-11-26 HE 12\t100.5"


@pytest.mark.parametrize("name", ["awards.csv", "awards.xlsx"])
def test_what_is_shown_is_saved_and_nothing_replaced(
    qtbot: QtBot, opened: AnswerTable, files: FakeFiles, tmp_path: Path, name: str
) -> None:
    opened.filter.setText("beta")
    qtbot.waitUntil(lambda: opened.model.rowCount() == 1)
    files.destination = Destination(tmp_path / name, replace=False)
    opened.export.click()
    qtbot.waitUntil(lambda: f"1 row saved in {tmp_path / name}." == opened.said.text())
    assert SheetFiles().read(tmp_path / name).rows == (("unit", "start", "mw"), ("BETA_7", "2026-11-26 HE 1", "20"))
    opened.export.click()
    qtbot.waitUntil(lambda: "is there already" in opened.said.text())


@pytest.mark.parametrize(
    ("text", "words"),
    [("<a><b></a>", "cannot be read as XML"), ("<a/>", "Nothing repeats"), ("plain", "cannot be read as XML")],
)
def test_what_has_no_table_says_so(
    qtbot: QtBot, table: AnswerTable, exchange: Exchange, report: Path, text: str, words: str
) -> None:
    report.write_text(text, encoding="utf-8")
    table.open(exchange, report)
    qtbot.waitUntil(lambda: words in table.empty_text)
    assert not table.export.isEnabled()
    assert not table.filter.isEnabled()


def test_a_report_that_is_gone_is_told(qtbot: QtBot, table: AnswerTable, exchange: Exchange, report: Path) -> None:
    report.unlink()
    table.open(exchange, report)
    qtbot.waitUntil(lambda: "The file cannot be opened" in table.empty_text)


def test_the_beginning_of_a_big_report_is_said_to_be_one(
    qtbot: QtBot, workshop: Workshop, files: FakeFiles, window_jobs: Jobs, exchange: Exchange, report: Path
) -> None:
    short = replace(workshop, reports=lambda: ReportTableReader(2_000))
    table = AnswerTable(short, FakeSaving(), files, window_jobs)
    qtbot.addWidget(table)
    table.show()
    award = "<Award><unit>ALFA_1</unit><mw>9</mw></Award>"
    report.write_text(f"<Awards>{award * 200}</Awards>", encoding="utf-8")
    table.open(exchange, report)
    qtbot.waitUntil(lambda: table.view.isVisible())
    assert 30 < table.model.rowCount() < 60
    assert "save the report for all of it" in table.said.text()


class HeldReader:
    """Reads a report named ``slow.xml`` only when it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.read_slowly = threading.Event()

    def read(self, report: Path) -> ReportTable:
        if report.name != "slow.xml":
            return ReportTableReader().read(report)
        self.go.wait(60)
        found = ReportTableReader().read(report)
        self.read_slowly.set()
        return found


def test_the_report_that_was_opened_last_counts(
    qtbot: QtBot, workshop: Workshop, files: FakeFiles, window_jobs: Jobs, exchange: Exchange, report: Path
) -> None:
    reader = HeldReader()
    table = AnswerTable(replace(workshop, reports=lambda: reader), FakeSaving(), files, window_jobs)
    qtbot.addWidget(table)
    table.show()
    table.open(exchange, report.rename(report.with_name("slow.xml")))
    newer = report.with_name("newer.xml")
    newer.write_text("<a><b><c>1</c></b><b><c>2</c></b></a>", encoding="utf-8")
    table.open(exchange, newer)
    qtbot.waitUntil(lambda: table.view.isVisible())
    reader.go.set()
    qtbot.waitUntil(reader.read_slowly.is_set)
    landed: list[None] = []
    window_jobs.run(lambda token: None, owner=table, done=landed.append, failed=lambda error: None)
    qtbot.waitUntil(lambda: bool(landed))
    assert [row[-1] for row in rows(table)] == ["1", "2"]
