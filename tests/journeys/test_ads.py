"""Dispatch, from the list of batches to an answer, through the real window and the simulator's dispatch system."""

from lxml import etree
from PySide6.QtWidgets import QComboBox, QPushButton

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.simulator import fault
from caiso_desktop.ui.draft_panel import DraftPanel
from tests.journeys.conftest import Desk

NS = "{http://ads.caiso.com}"


def call(desk: Desk, procedure: str, service: str = "APIWebService", version: str = "v7", **values: str) -> DraftPanel:
    """Open a draft of a procedure, write its parameters, and send it."""
    panel = desk.window.open_draft(Target("ads", service, version, Variant.RPC, procedure=procedure))
    desk.until(lambda: bool(panel.desk.draft.text))
    root = etree.fromstring(panel.desk.draft.text.encode())
    assert etree.QName(root).localname == procedure
    for name, value in values.items():
        parameter = root.find(name)
        assert parameter is not None, name
        parameter.text = value
    panel.payload.editor.replace_all(etree.tostring(root).decode())
    desk.send(panel)
    return panel


def answer(panel: DraftPanel, outcome: Outcome = Outcome.SUCCESS) -> etree._Element:
    exchange = panel.desk.exchange
    assert exchange is not None
    assert exchange.answer is not None, exchange.failure
    assert exchange.answer.outcome is outcome, exchange.answer.notes
    assert exchange.answer.report is not None
    return etree.parse(exchange.answer.report).getroot()


def test_from_the_batches_of_a_day_to_an_accepted_instruction(desk: Desk) -> None:
    listed = answer(call(desk, "getDispatchBatchesSinceUID", batchUID="-1"))
    assert listed.tag == f"{NS}APIDispatchResponse"
    batches = list(listed.iter(f"{NS}DispatchBatch"))
    assert len(batches) > 200
    hourly = [each.get("batchUID", "") for each in batches if each.findtext(f"{NS}batchType") == "1"][-1]

    batch = answer(call(desk, "getDispatchBatch", batchUID=hourly))
    assert batch.get("batchUID") == hourly
    [instruction] = batch.iter(f"{NS}instruction")
    uid = instruction.get("instructionUID", "")
    assert instruction.find(f"{NS}acceptStatus") is None

    panel = call(desk, "acceptInstruction", "APIResponseWebService", batchUID=hourly, instructionUID=uid)
    assert answer(panel).findtext("acceptInstructionReturn") == "0"
    assert "Received and accepted" in panel.answer.summary.text
    desk.until(lambda: panel.answer.findChild(QPushButton, "followUpButton") is not None)
    button = panel.answer.findChild(QPushButton, "followUpButton")
    assert button is not None
    assert "getDispatchBatch" in button.text()
    before = len(desk.window.drafts.panels)
    button.click()
    desk.until(lambda: len(desk.window.drafts.panels) > before)
    looked = desk.window.drafts.current
    assert looked is not None
    assert hourly in looked.desk.draft.text
    desk.send(looked)
    again = answer(looked)
    assert next(again.iter(f"{NS}acceptStatus")).text == "ACCEPTED"

    request = desk.simulator.requests[-1]
    assert dict(request.headers).get("SOAPAction", dict(request.headers).get("soapaction")) == '""'
    assert b"Signature" not in request.body
    assert b"CAISOWSHeader" not in request.body


def test_the_codes_of_an_answer_are_told_in_words(desk: Desk) -> None:
    panel = call(desk, "acceptInstruction", "APIResponseWebService", batchUID="DISP-X", instructionUID="I")
    answer(panel, Outcome.ERROR)
    assert "No such batch" in panel.answer.summary.text
    listed = answer(call(desk, "getDispatchBatchesSinceUID", batchUID="-1"))
    batches = list(listed.iter(f"{NS}DispatchBatch"))
    last = [each.get("batchUID", "") for each in batches if each.findtext(f"{NS}batchType") == "1"][-1]
    status = call(desk, "getBatchStatus", batchUID=last)
    answer(status)
    assert "The batch: Active" in status.answer.summary.text


def test_a_batch_that_is_not_held_is_a_fault_told_in_words(desk: Desk) -> None:
    panel = call(desk, "getDispatchBatch", batchUID="DISP-X")
    exchange = panel.desk.exchange
    assert exchange is not None
    assert exchange.answer is not None
    assert exchange.answer.fault is not None
    assert "batch UID does not exist" in panel.answer.summary.text


def test_a_tab_says_which_procedure_it_calls(desk: Desk) -> None:
    panel = desk.draft("APIWebService", "v7", Variant.RPC, "ads")
    tabs = desk.window.drafts.tabs
    assert tabs.tabText(tabs.indexOf(panel)) == "getDispatchBatchesSinceUID v7 – Simulator"
    selector = panel.findChild(QComboBox, "procedureSelector")
    assert selector is not None
    row = selector.findData("getBatchHeader")
    selector.setCurrentIndex(row)
    selector.activated.emit(row)
    desk.until(lambda: tabs.tabText(tabs.indexOf(panel)) == "getBatchHeader v7 – Simulator")


def test_every_version_has_its_own_namespace(desk: Desk) -> None:
    for version in ("v6", "v7", "v8"):
        panel = call(desk, "getDispatchBatchesSinceUID", version=version, batchUID="-1")
        answer(panel)
        assert f"dispatch/{version}".encode() in desk.simulator.requests[-1].body


def test_the_operation_is_chosen_in_the_draft_and_another_payload_is_not_sent(desk: Desk) -> None:
    panel = desk.window.open_draft(Target("ads", "APIWebService", "v7", Variant.RPC))
    desk.until(lambda: "getDispatchBatchesSinceUID" in panel.desk.draft.text)
    selector = panel.findChild(QComboBox, "procedureSelector")
    assert selector is not None
    assert selector.isVisible()
    row = selector.findData("getBatchHeader")
    selector.setCurrentIndex(row)
    selector.activated.emit(row)
    desk.until(lambda: "getBatchHeader" in panel.desk.draft.text)
    panel.payload.editor.replace_all(panel.desk.draft.text.replace("getBatchHeader", "validateDispatchBatch"))
    before = len(desk.simulator.requests)
    desk.send(panel)
    anyway = panel.answer.findChild(QPushButton, "sendDespiteButton")
    assert anyway is not None
    anyway.click()  # even then a question never becomes an answer to an instruction
    desk.until(lambda: not panel.call.under_way)
    assert len(desk.simulator.requests) == before
    assert "operation is getBatchHeader" in panel.answer.summary.text


def test_a_gateway_in_the_way_is_told(desk: Desk) -> None:
    desk.simulator.arrange(fault.AcceptableUse())
    panel = call(desk, "getBatchStatus", batchUID="-1")
    assert "gateway stopped the request" in panel.answer.summary.text
