"""The tree of a document grows while it is read, and leads to every element."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.ui.document import tree as tree_module
from caiso_desktop.ui.document import tree_index, tree_row
from caiso_desktop.ui.document.tree import DocumentTree
from caiso_desktop.ui.document.tree_index import DOCTYPE, TreeIndex
from caiso_desktop.ui.document.tree_model import TreeModel
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.token import LIGHT

SMALL = (
    '<m:Set xmlns:m="urn:m"><m:Head><m:Time>08:00</m:Time></m:Head><m:Load>'
    '<m:Bid n="1"><m:name>one</m:name><m:q unit="MW">1.5</m:q></m:Bid>'
    '<m:Bid n="2"><m:name>two</m:name></m:Bid></m:Load></m:Set>'
)


def big(count: int) -> str:
    bids = "".join(f'<Bid n="{i}"><name>B{i}</name><q>{i}</q></Bid>' for i in range(count))
    return f"<Set><Head><Time>08:00</Time></Head><Load>{bids}</Load></Set>"


@pytest.fixture
def view(qtbot: QtBot, jobs: Jobs) -> DocumentTree:
    made = DocumentTree(jobs)
    qtbot.addWidget(made)
    made.resize(800, 400)
    with qtbot.waitExposed(made):
        made.show()
    return made


def shown(view: DocumentTree, qtbot: QtBot, tmp_path: Path, text: str | bytes) -> None:
    path = tmp_path / "answer.xml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    view.open(path)
    qtbot.waitUntil(lambda: view.complete and (bool(view.message) or view.view.model().rowCount() == 1))


def cells(index: QModelIndex) -> list[str]:
    return [str(index.siblingAtColumn(column).data() or "") for column in range(3)]


def at(view: DocumentTree, *numbers: int) -> QModelIndex:
    index = QModelIndex()
    for number in numbers:
        model = view.view.model()
        model.fetchMore(index)
        index = model.index(number, 0, index)
    return index


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def find(view: DocumentTree, qtbot: QtBot, wanted: str) -> None:
    QTest.keyClick(view.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = view.findChild(QLineEdit, "findField")
    assert isinstance(field, QLineEdit)
    field.setText(wanted)


def test_elements_values_and_attributes(view: DocumentTree, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, tmp_path, SMALL)
    assert cells(at(view, 0)) == ["Set", "", ""]
    assert cells(at(view, 0, 0, 0)) == ["Time", "08:00", ""]
    assert cells(at(view, 0, 1, 0)) == ["Bid", "name one · q 1.5", "n=1"]
    assert cells(at(view, 0, 1, 0, 1)) == ["q", "1.5", "unit=MW"]
    assert "urn:m" in str(at(view, 0, 1).data(Qt.ItemDataRole.ToolTipRole))
    assert view.view.isExpanded(at(view, 0, 1))
    assert view.message == ""


def test_records_of_a_big_document_lie_in_buckets(view: DocumentTree, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, tmp_path, big(20_500))
    load = at(view, 0, 1)
    model = view.view.model()
    model.fetchMore(load)
    qtbot.waitUntil(lambda: model.rowCount(load) == 21)
    assert cells(at(view, 0, 1, 20))[0] == "20,001 … 20,500"
    assert cells(at(view, 0, 1, 20, 499)) == ["Bid", "name B20499 · q 20499", "n=20499"]
    assert cells(at(view, 0, 1, 20, 499, 0)) == ["name", "B20499", ""]


@pytest.mark.parametrize("text", [SMALL, big(20_500)], ids=["small", "big"])
def test_the_model_keeps_qts_rules(qtbot: QtBot, tmp_path: Path, text: str) -> None:
    path = tmp_path / "answer.xml"
    path.write_text(text)
    index = TreeIndex(path)
    model = TreeModel(LIGHT)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    # Or it fetches rows of its own accord while others are being inserted, and takes that for our mistake.
    tester.setUseFetchMore(False)
    index.build(CancelToken(), lambda far: None)
    assert model.catch_up(index)
    waiting = [model.index(0, 0)]
    for place in waiting[:200]:
        if model.canFetchMore(place):
            model.fetchMore(place)
        waiting.extend(model.index(number, 0, place) for number in range(min(3, model.rowCount(place))))
    model.clear()
    index.close()
    del tester


def test_the_model_keeps_qts_rules_while_it_grows(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree_index, "KEPT", 900)
    monkeypatch.setattr(tree_index, "MANY", 100)
    monkeypatch.setattr(tree_row, "BUCKET", 100)
    path = tmp_path / "answer.xml"
    # A comment now and then, at which the reader looks at what has been read.
    path.write_text("<!---->".join(re.split('(?=<Bid n="[0-9]*49">)', big(3_000))))
    index = TreeIndex(path)
    model = TreeModel(LIGHT)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    # Or it fetches rows of its own accord while others are being inserted, and takes that for our mistake.
    tester.setUseFetchMore(False)
    sizes: list[int] = []
    parser = index._parser

    def look(*_: object) -> None:
        """Stands in for the report: a handler is called in the middle of the document."""
        if model.catch_up(index):
            model.fetchMore(model.index(0, 0))
            load = model.index(1, 0, model.index(0, 0))
            model.fetchMore(load)
            model.fetchMore(model.index(model.rowCount(load) - 1, 0, load))
        if model.rows is not None:
            load = model.index(1, 0, model.index(0, 0))
            last = model.index(model.rowCount(load) - 1, 0, load)
            sizes.append(model.rowCount(load) * 100 + model.rowCount(last))

    parser.CommentHandler = look
    index.build(CancelToken(), lambda far: None)
    look()
    assert len(sizes) > 10
    assert sizes == sorted(sizes)
    assert model.rowCount(model.index(1, 0, model.index(0, 0))) == 30
    model.clear()
    index.close()
    del tester


def test_values_and_paths_are_copied(view: DocumentTree, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, tmp_path, SMALL)
    view.view.setCurrentIndex(at(view, 0, 1, 1, 0))
    QTest.keyClick(view.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard() == "two"
    view.copy_path()
    assert clipboard() == "/Set/Load/Bid[2]/name"


def test_the_path_of_a_record(view: DocumentTree, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, tmp_path, big(20_500))
    qtbot.waitUntil(lambda: at(view, 0, 1, 12, 345, 1).isValid())
    view.view.setCurrentIndex(at(view, 0, 1, 12, 345, 1))
    view.copy_path()
    assert clipboard() == "/Set/Load/Bid[12346]/q"


def test_finding_opens_what_leads_there(view: DocumentTree, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, tmp_path, big(20_500))
    find(view, qtbot, "b20499")
    qtbot.waitUntil(lambda: cells(view.view.currentIndex())[1] == "B20499")
    view.copy_path()
    assert clipboard() == "/Set/Load/Bid[20500]/name"
    find(view, qtbot, "Time")
    qtbot.waitUntil(lambda: cells(view.view.currentIndex())[0] == "Time")
    label = view.findChild(QLabel, "findResult")
    assert isinstance(label, QLabel)
    assert "other end" in label.text()
    view.find_next()
    qtbot.waitUntil(lambda: "other end" in label.text())
    find(view, qtbot, "nowhere")
    qtbot.waitUntil(lambda: label.text() == "Not found")


def test_next_goes_to_the_next_element_and_previous_back(view: DocumentTree, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, tmp_path, "<r><a k='x x'>x</a><b>x</b><c/></r>")
    find(view, qtbot, "x")
    qtbot.waitUntil(lambda: cells(view.view.currentIndex())[0] == "a")
    view.find_next()
    qtbot.waitUntil(lambda: cells(view.view.currentIndex())[0] == "b")
    view.find_next(backward=True)
    qtbot.waitUntil(lambda: cells(view.view.currentIndex())[0] == "a")


def test_expanding_everything_stops_at_a_bound(
    view: DocumentTree, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown(view, qtbot, tmp_path, SMALL)
    view.view.collapseAll()
    view.view.setCurrentIndex(at(view, 0))
    view.expand_below()
    assert view.view.isExpanded(at(view, 0, 1, 1))
    assert view.message == ""
    monkeypatch.setattr(tree_module, "OPENED", 3)
    view.view.collapseAll()
    view.expand_below()
    assert "there are more" in view.message


def test_a_document_type_is_refused(view: DocumentTree, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, tmp_path, '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')
    qtbot.waitUntil(lambda: view.message == DOCTYPE)
    assert view.view.model().rowCount() == 0


def test_a_malformed_document_shows_what_was_readable(view: DocumentTree, qtbot: QtBot, tmp_path: Path) -> None:
    shown(view, qtbot, tmp_path, "<a>\n<b>1</b>\n<c></d></a>")
    qtbot.waitUntil(lambda: "line 3, column 6" in view.message)
    assert cells(at(view, 0, 0)) == ["b", "1", ""]


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "holds none"), (b"\x89PNG\r\n\x1a\n\0", "Not well-formed"), (b"plain", "Not well-formed")]
)
def test_what_is_no_xml_gets_a_sentence(
    view: DocumentTree, qtbot: QtBot, tmp_path: Path, data: bytes, words: str
) -> None:
    shown(view, qtbot, tmp_path, data)
    qtbot.waitUntil(lambda: words in view.message)


def test_a_file_that_is_not_there_and_a_message(view: DocumentTree, tmp_path: Path) -> None:
    view.open(tmp_path / "absent.xml")
    assert "could not be read" in view.message
    view.clear("No answer yet.")
    assert view.message == "No answer yet."


def test_another_document_takes_the_place_of_the_first(view: DocumentTree, qtbot: QtBot, tmp_path: Path) -> None:
    first = tmp_path / "first.xml"
    first.write_text(big(100_000))
    view.open(first)
    shown(view, qtbot, tmp_path, SMALL)
    assert cells(at(view, 0, 0, 0)) == ["Time", "08:00", ""]
    view.clear("")
    assert view.view.model().rowCount() == 0
    first.unlink()
