from pathlib import Path

import pytest

from caiso_desktop.envelope.dispatch import read_batches, read_instructions


@pytest.mark.parametrize(
    "namespace", ["", ' xmlns="http://ads.caiso.com"', ' xmlns="http://ads.caiso.com/api/schema/v6"']
)
def test_heads_are_read_by_local_name(tmp_path: Path, namespace: str) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        f"<APIDispatchResponse{namespace}><dispatchBatchList>"
        "<DispatchBatch batchUID='A'><batchType>1</batchType><instructions><instruction><batchType>9</batchType>"
        "</instruction></instructions></DispatchBatch><DispatchBatch><batchType>0</batchType></DispatchBatch>"
        "<DispatchBatch batchUID='B'/></dispatchBatchList></APIDispatchResponse>"
    )
    first, second = read_batches(report)
    assert (first["batchUID"], first["batchType"]) == ("A", "1")
    assert second == {"batchUID": "B"}


@pytest.mark.parametrize("text", ["", "no XML", "<a><b></a>", "<!DOCTYPE a><a/>"])
def test_what_is_no_list_holds_none(tmp_path: Path, text: str) -> None:
    report = tmp_path / "report.xml"
    report.write_text(text)
    assert read_batches(report) == []
    assert read_instructions(report) == []


def test_instructions_are_read_with_what_was_answered(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        "<DispatchBatch xmlns='http://ads.caiso.com' batchUID='A'><instructions>"
        "<instruction instructionUID='1'><acceptStatus>ACCEPTED</acceptStatus><detail><instructionDetail>"
        "<acceptStatus>x</acceptStatus></instructionDetail></detail></instruction>"
        "<instruction instructionUID='2'><dot>5</dot></instruction></instructions></DispatchBatch>"
    )
    one, other = read_instructions(report)
    assert (one["acceptStatus"], one["instructionUID"]) == ("ACCEPTED", "1")
    assert "acceptStatus" not in other
