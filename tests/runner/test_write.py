"""A list that is written is read again as it was."""

from pathlib import Path

import pytest

from caiso_desktop.assembly.place import find_resources
from caiso_desktop.catalogue.load import load
from caiso_desktop.model.journal import Standing
from caiso_desktop.model.run_list import RunList, RunListError, Step, as_file
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.runner.read import read_run_list

BIDS = Target("sibr", "SubmitRawBidSet", "v4", Variant.AP)
BATCH = Target("ads", "APIWebService", "v7", Variant.RPC, procedure="getBatchStatus")


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    steps = (
        Step(BIDS, "<Bids>\r\n é {{trade_date}}</Bids>".encode(), send_invalid=True, pause=2.5, scenario="MS-1"),
        Step(BATCH, b"<a/>", (Standing.ERROR, Standing.NO_DATA)),
        Step(Target("master-file", "RetrieveGeneratorRDT", "v4", Variant.DOCATTACH, "20161001")),
    )
    path = tmp_path / "list.json"
    path.write_bytes(as_file(RunList("Day 1", steps)).encode())
    assert read_run_list(path, load(find_resources() / "catalogue")) == RunList("Day 1", steps)


def test_a_payload_of_another_encoding_is_refused_by_the_call_s_number() -> None:
    with pytest.raises(RunListError, match=r"call 2 \(SubmitRawBidSet\) is not UTF-8"):
        as_file(RunList("Day 1", (Step(BIDS, b"<a/>"), Step(BIDS, "<é/>".encode("latin-1")))))


def test_what_can_be_asked_without_a_certificate_wants_none() -> None:
    public = Step(Target("oasis", "SingleZip", "", Variant.REST))
    assert not RunList("", (public,)).wants_certificate
    assert RunList("", (public, Step(BIDS))).wants_certificate
