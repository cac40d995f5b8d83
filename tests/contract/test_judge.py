"""The judgement on payloads, told in a person's words with their places."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caiso_desktop.assembly.simulator_host import SIMULATOR
from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.bundled import BundledSchemas
from caiso_desktop.contract.known_shape import Known
from caiso_desktop.contract.payload import RulePayloads
from caiso_desktop.contract.stream import CHUNK
from caiso_desktop.contract.validate import Outcome
from caiso_desktop.model.answer import Severity
from caiso_desktop.model.call import Problem
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, SchemaError, StorageError
from caiso_desktop.model.judgement import Conformity, Judgement
from caiso_desktop.model.provenance import Ground, Provenance
from caiso_desktop.model.schema import EverySchema, KnownDocument, SchemaPlace
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.step import path_in_words

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
BIDS = Target("sibr", "SubmitRawBidSet", "v4", Variant.DOCATTACH)
STATUS = Target("drrs", "RetrieveBatchValidationStatus", "v1", Variant.AP)
HERE = "simulator"
STATUS_NAMESPACE = "http://www.caiso.com/soa/BatchValidationStatus_v1.xsd#"


def clock() -> datetime:
    return datetime(2026, 3, 9, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def payloads() -> RulePayloads:
    bases = {"sibr": "https://127.0.0.1:1/sst/sibr/", "drrs": "https://127.0.0.1:1/sst/drrs/"}
    catalogue = load(RESOURCES / "catalogue").with_environment(SIMULATOR, bases)
    return RulePayloads(catalogue, clock, BundledSchemas(RESOURCES / "contracts", HERE))


@pytest.fixture(scope="module")
def bids(payloads: RulePayloads) -> str:
    return payloads.sample(BIDS, HERE, full=True)


def only(judgement: Judgement) -> Problem:
    assert judgement.conformity is Conformity.INVALID, str(judgement)
    assert judgement.count == len(judgement.problems) == 1, [str(each) for each in judgement.problems]
    return judgement.problems[0]


def test_a_valid_payload_says_by_what(payloads: RulePayloads, bids: str) -> None:
    judgement = payloads.validate(bids, BIDS, HERE)
    assert judgement.conformity is Conformity.VALID
    assert str(judgement) == "Valid · The simulator's own shape, not CAISO's"
    assert not judgement.sendable_after_a_word


@pytest.mark.parametrize(
    ("before", "after", "said", "at"),
    [
        ("<productType>EN<", "<productType>ZZ<", "<productType>: “ZZ” is not one of the allowed values: EN, SR,", "EN"),
        ("<selfSchedMW>0<", "<selfSchedMW>1,5<", "decimal point as a point", "selfSchedMW"),
        ("<selfSchedMW>0<", "<selfSchedMW>1.255<", "“1.255” has 3 decimals; at most 2 are allowed.", "selfSchedMW"),
        ("<hourEnding>1<", "<hourEnding>26<", "“26” is out of bounds: at most 25 is allowed.", "hourEnding"),
        ("<hourEnding>1<", "<hourEnding>1.0<", "is no whole number", "hourEnding"),
        ("<startTime>2026-03-09T07:00:00Z<", "<startTime>09.03.2026<", "no date with a time, such as", "startTime"),
        ("<mRID>text<", "<mRID><", "<mRID>: It is empty.", "mRID"),
        ("<mRID>text<", f"<mRID>{'x' * 40}<", "It has 40 characters; at most 32 are allowed.", "mRID"),
        ("<marketType>DAM</marketType>\n", "\n", "<marketType> is missing before <startTime>.", "startTime"),
        ("<comment>text</comment>", "<coment>text</coment>", "Is <comment> meant?", "coment"),
        (
            "<selfSchedType>PT</selfSchedType>\n", "\n",
            "<SelfSchedule> ends too soon: <selfSchedType> is missing.", "/SelfSchedule",
        ),
        (
            "<marketType>DAM</marketType>", "<marketType>DAM</marketType><marketType>DAM</marketType>",
            "<marketType> stands once too often", "marketType>DAM</marketType><",
        ),
        ("<SelfSchedule>", "<SelfSchedule>now", "<SelfSchedule> holds elements only", "SelfSchedule"),
        ("<comment>", "<comment n='1'>", "<comment> has no attribute n.", "comment"),
        ("<comment>", '<comment xmlns="urn:other">', "<comment> has the namespace “urn:other”", "comment"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_what_is_allowed_and_where(
    payloads: RulePayloads, bids: str, before: str, after: str, said: str, at: str
) -> None:
    wrong = bids.replace(before, after, 1)
    assert wrong != bids
    problem = only(payloads.validate(wrong, BIDS, HERE))
    assert said in problem.sentence
    line = wrong.splitlines()[problem.line - 1]
    assert line[problem.column - 1] == "<", (line, problem)
    assert problem.path[0].local == "RawBidSet"
    assert "caiso-desktop" not in problem.sentence


def test_a_path_leads_to_the_very_element(payloads: RulePayloads, bids: str) -> None:
    hour = bids[bids.index("        <BidHour>") : bids.index("</BidHour>") + len("</BidHour>\n")]
    longer = bids.replace(hour, hour * 3, 1)
    parts = longer.split("<hourEnding>1<")
    wrong = "<hourEnding>1<".join(parts[:3]) + "<hourEnding>99<" + "<hourEnding>1<".join(parts[3:])
    problem = only(payloads.validate(wrong, BIDS, HERE))
    assert path_in_words(problem.path) == (
        "RawBidSet / MessagePayload / GeneratingBid / ProductBid / BidHour[3] / hourEnding"
    )
    shape = payloads.shape(BIDS, HERE)
    assert shape is not None
    field = shape.at(problem.path)
    assert field is not None
    assert field.local == "hourEnding"


def test_all_problems_of_a_payload_are_told_at_once(payloads: RulePayloads, bids: str) -> None:
    wrong = bids.replace("<hourEnding>1<", "<hourEnding>0<").replace("<productType>EN<", "<productType>?<")
    judgement = payloads.validate(wrong, BIDS, HERE)
    assert judgement.title == "6 problems"
    assert [each.line for each in judgement.problems] == sorted(each.line for each in judgement.problems)
    assert judgement.sendable_after_a_word


def test_attributes_are_told_by_name(payloads: RulePayloads) -> None:
    target = Target("ads", "APIWebService", "v7", Variant.RPC)
    place = next(
        document.place
        for document in BundledSchemas(RESOURCES / "contracts", HERE).documents(target, HERE)
        if document.role == "answer of getDispatchBatch"
    )

    class One:
        def place(self, target: Target, environment: str) -> SchemaPlace | None:
            return place

        def documents(self, target: Target, environment: str) -> list[KnownDocument]:
            return []

    judge = RulePayloads(payloads._catalogue, clock, One())
    text = judge.sample(BIDS, HERE, full=True)
    missing = only(judge.validate(text.replace(' batchUID="text"', "", 1), BIDS, HERE))
    assert (missing.sentence, missing.attribute) == ("<DispatchBatch> lacks its attribute batchUID.", "batchUID")
    strange = only(judge.validate(text.replace(" batchUID=", ' more="1" batchUID=', 1), BIDS, HERE))
    assert strange.sentence == "<DispatchBatch> has no attribute more; it has batchUID."
    wrong = only(judge.validate(text.replace('segNo="0"', 'segNo="one"', 1), BIDS, HERE))
    assert wrong.sentence == "<instructionDetail>, attribute segNo: “one” is no whole number."


def test_without_a_schema_nothing_is_called_valid(payloads: RulePayloads) -> None:
    clean = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
    judgement = payloads.validate(payloads.skeleton(clean, "map-stage"), clean, "map-stage")
    assert judgement.conformity is Conformity.NOT_CHECKED
    assert "valid" not in str(judgement).lower().replace("validate", "")
    assert "no schema of this service is known" in str(judgement)
    other = payloads.validate("<Other/>", clean, "map-stage")
    assert other.conformity is Conformity.NOT_CHECKED
    assert other.problems[0].severity is Severity.WARNING


def test_the_simulator_s_shape_is_barred_elsewhere_and_caiso_s_root_is_not_checked_here(
    payloads: RulePayloads, bids: str
) -> None:
    barred = payloads.validate(bids, BIDS, "map-stage")
    assert barred.barred
    assert not barred.sendable_after_a_word
    assert "simulator's own shape" in only(barred).sentence
    own = bids.replace("urn:caiso-desktop:simulator:RawBidSet_v4", "http://www.caiso.com/soa/RawBidSet_v4.xsd#")
    assert payloads.validate(own, BIDS, HERE).conformity is Conformity.NOT_CHECKED
    assert payloads.validate(own, BIDS, "map-stage").conformity is Conformity.NOT_CHECKED


def test_another_root_is_told(payloads: RulePayloads) -> None:
    text = payloads.skeleton(STATUS, "production").replace("BatchValidationStatus", "BatchStatus")
    assert "takes <BatchValidationStatus>" in only(payloads.validate(text, STATUS, "production")).sentence


@pytest.mark.parametrize(
    "text", ["<a><b></a>", "", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "<a>&nbsp;</a>", "no xml"]
)
def test_what_is_no_xml_is_told_first(payloads: RulePayloads, text: str) -> None:
    judgement = payloads.validate(text, STATUS, "production")
    assert judgement.conformity is Conformity.NOT_XML
    assert judgement.problems[0].line == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_bytes_are_read_in_their_encoding(payloads: RulePayloads, encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = (
        f'<?xml version="1.0" encoding="{declared}"?>\r\n<BatchValidationStatus xmlns="{STATUS_NAMESPACE}">\r\n'
        "<MessagePayload><BatchStatus><mRID>é</mRID><wrong/></BatchStatus></MessagePayload></BatchValidationStatus>"
    )
    problem = only(payloads.validate(text.encode(encoding), STATUS, "production"))
    assert (problem.line, problem.column) == (3, text.splitlines()[2].index("<wrong") + 1)
    assert problem.sentence == "<wrong> does not belong in <BatchStatus>; expected is <description> or <creationTime>."


def test_macros_of_a_draft_are_replaced_before_it_is_judged(payloads: RulePayloads, bids: str) -> None:
    written = bids.replace("2026-03-09T07:00:00Z", "{{trade_date.start}}")
    assert written != bids
    assert payloads.validate(written, BIDS, HERE).conformity is Conformity.VALID
    assert payloads.validate(written.encode(), BIDS, HERE).conformity is Conformity.INVALID


def many(bids: str, count: int) -> str:
    start, end = bids.index("    <GeneratingBid>"), bids.index("    <LoadBid>")
    return bids[:start] + bids[start:end] * count + bids[bids.index("  </MessagePayload>") :]


def test_large_payloads_are_judged_as_a_stream_and_errors_far_inside_are_found(
    payloads: RulePayloads, bids: str, tmp_path: Path
) -> None:
    large = many(bids, 9000)
    assert len(large) > 8_000_000
    path = tmp_path / "large.xml"
    path.write_text(large, "utf-8")
    assert payloads.validate(path, BIDS, HERE).conformity is Conformity.VALID
    cut = large.rindex("<hourEnding>1<")
    wrong = large[:cut] + "<hourEnding>77<" + large[cut + len("<hourEnding>1<") :]
    path.write_text(wrong, "utf-8")
    problem = only(payloads.validate(path, BIDS, HERE))
    assert problem.line == wrong[:cut].count("\n") + 1
    assert problem.path[2].index == 8999
    path.write_text(large[:-20], "utf-8")
    assert payloads.validate(path, BIDS, HERE).conformity is Conformity.NOT_XML
    path.write_text("<!DOCTYPE a>" + large, "utf-8")
    assert "DOCTYPE" in str(payloads.validate(path, BIDS, HERE))


MEASURED = """
import resource, sys
from pathlib import Path
from caiso_desktop.contract.grammar import Grammar
from caiso_desktop.contract.shape import shape_of
from caiso_desktop.contract.stream import Stream
from caiso_desktop.contract.validate import validate
from caiso_desktop.model.shape import Ground, Provenance
grammar = Grammar(Path(sys.argv[1]), "RawBidSet_v4.xsd", "{urn:caiso-desktop:simulator:RawBidSet_v4}RawBidSet")
checker, shape = grammar.checker, shape_of(grammar.declaration, Provenance(Ground.SIMULATOR))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
outcome = validate(Stream(Path(sys.argv[2])), checker, shape, lambda: None)
print(outcome.count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="memory is measured otherwise there")
def test_a_large_payload_is_not_held_in_memory(bids: str, tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    text = many(bids, 12_000)
    cut = text.rindex("<hourEnding>1<")
    path.write_text(text[:cut] + "<hourEnding>77<" + text[cut + len("<hourEnding>1<") :], "utf-8")
    code = [sys.executable, "-c", MEASURED, str(RESOURCES / "contracts" / "simulator"), str(path)]
    ended = subprocess.run(code, capture_output=True, text=True, check=True, timeout=60)
    count, grown = map(int, ended.stdout.split())
    assert count == 1
    # In kilobytes; as a tree it would be more than 80 MB.
    assert grown < 6_000


def test_more_problems_than_can_be_told_are_counted(payloads: RulePayloads, bids: str) -> None:
    wrong = many(bids, 300).replace("<hourEnding>1<", "<hourEnding>77<")
    judgement = payloads.validate(wrong.encode(), BIDS, HERE)
    assert len(judgement.problems) == 200
    assert judgement.count >= 300


def test_a_check_can_be_stopped_and_a_missing_file_is_told(payloads: RulePayloads, bids: str, tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        payloads.validate(bids, BIDS, HERE, token)
    with pytest.raises(StorageError, match="could not be read"):
        payloads.validate(tmp_path / "nothing.xml", BIDS, HERE)


def judge_by(tmp_path: Path, payloads: RulePayloads, body: str) -> RulePayloads:
    (tmp_path / "a.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:a" targetNamespace="urn:a" '
        f'elementFormDefault="qualified">{body}</xs:schema>'
    )
    place = SchemaPlace(tmp_path, "a.xsd", "{urn:a}Root", Provenance(Ground.IMPORTED, "a package"))

    class One:
        def place(self, target: Target, environment: str) -> SchemaPlace | None:
            return place

        def documents(self, target: Target, environment: str) -> list[KnownDocument]:
            return []

    return RulePayloads(payloads._catalogue, clock, EverySchema([One()]))


OFTEN = 'minOccurs="0" maxOccurs="unbounded"'
TANGLED = (
    f'<xs:element name="Root"><xs:complexType><xs:sequence {OFTEN}><xs:choice {OFTEN}><xs:choice {OFTEN}>'
    f'<xs:element name="e1" {OFTEN}/></xs:choice><xs:element name="e2" {OFTEN}/><xs:element name="e3" {OFTEN}/>'
    "</xs:choice></xs:sequence></xs:complexType></xs:element>"
)


def test_where_libxml2_would_not_come_back_xmlschema_is_asked(tmp_path: Path, payloads: RulePayloads) -> None:
    judge = judge_by(tmp_path, payloads, TANGLED)
    text = "<Root xmlns='urn:a'><e1/><e2/><e3/></Root>"
    assert judge.validate(text, BIDS, HERE).conformity is Conformity.VALID
    wrong = judge.validate(text.replace("<e3/>", "\n<e4/>"), BIDS, HERE)
    assert wrong.conformity is Conformity.INVALID
    assert "e4" in wrong.problems[0].sentence
    large = judge.validate(text.replace("<e1/>", "<e1/>" * 60_000), BIDS, HERE)
    assert large.conformity is Conformity.NOT_CHECKED
    assert "in time" in large.why


def test_the_second_opinion_counts_where_libxml2_finds_the_order_wrong(
    payloads: RulePayloads, bids: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Problem(Severity.ERROR, 1, 1, "<x> does not belong here.")
    monkeypatch.setattr("caiso_desktop.contract.judge.validate", lambda *given: Outcome((first,), 1, only_order=True))
    assert payloads.validate(bids, BIDS, HERE).conformity is Conformity.VALID
    wrong = bids.replace("<marketType>DAM</marketType>", "<unknown/>", 1)
    assert payloads.validate(wrong, BIDS, HERE).problems == (first,)


def test_a_schema_that_nothing_can_read_hinders_nobody(tmp_path: Path, payloads: RulePayloads) -> None:
    judge = judge_by(tmp_path, payloads, '<xs:element name="Root" type="Nowhere"/>')
    judgement = judge.validate("<Root xmlns='urn:a'/>", BIDS, HERE)
    assert judgement.conformity is Conformity.NOT_CHECKED, "what is missing something proves nothing"
    assert "Nowhere" in judgement.why
    (tmp_path / "a.xsd").write_text("<broken")
    judgement = judge.validate("<Root xmlns='urn:a'/>", BIDS, HERE)
    assert judgement.conformity is Conformity.NOT_CHECKED
    assert "a.xsd" in judgement.why


def test_what_libxml2_does_not_take_is_checked_by_xmlschema(
    payloads: RulePayloads, bids: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(known: Known) -> None:
        raise SchemaError("it contradicts itself.")

    monkeypatch.setattr(Known, "checker", property(refuse))
    assert payloads.validate(bids, BIDS, HERE).conformity is Conformity.VALID
    wrong = bids.replace("<productType>EN<", "<productType>ZZ<", 1)
    problem = only(payloads.validate(wrong, BIDS, HERE))
    assert "<productType>ZZ<" in wrong.splitlines()[problem.line - 1]


def test_what_cannot_be_read_to_its_end_is_not_called_valid(tmp_path: Path, payloads: RulePayloads) -> None:
    judge = judge_by(
        tmp_path,
        payloads,
        '<xs:element name="Root" type="N"/><xs:complexType name="N"><xs:sequence>'
        '<xs:element name="n" type="N" minOccurs="0"/></xs:sequence></xs:complexType>',
    )
    deep = f"<Root xmlns='urn:a'>{'<n>' * 3000}{'</n>' * 3000}</Root>"
    assert judge.validate(deep, BIDS, HERE).conformity is Conformity.VALID
    problem = only(judge.validate(deep.replace("</n>", "<wrong/></n>", 1), BIDS, HERE))
    assert len(problem.path) == 3002
    too_long = f"<Root xmlns='urn:a'><!--{'x' * 11_000_000}--></Root>"
    judgement = judge.validate(too_long, BIDS, HERE)
    assert judgement.conformity is Conformity.NOT_CHECKED
    assert "too long a text" in judgement.why


def test_a_check_that_breaks_down_hinders_nobody(
    payloads: RulePayloads, bids: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*given: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("caiso_desktop.contract.judge.validate", break_down)
    judgement = payloads.validate(bids, BIDS, HERE)
    assert judgement.conformity is Conformity.NOT_CHECKED
    assert "too deep" in judgement.why


def places(text: str) -> list[tuple[int, int]]:
    """Where each element of an indented document begins and ends, by lines that hold a whole one."""
    found, offset = [], 0
    for line in text.splitlines(keepends=True):
        if line.strip().startswith("<") and f"</{line.strip()[1:].split('>')[0]}>" in line:
            found.append((offset, offset + len(line)))
        offset += len(line)
    return found


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_changed_the_judgement_is_libxml2_s_and_each_problem_has_its_place(
    payloads: RulePayloads, bids: str, data: st.DataObject
) -> None:
    text = bids
    for _ in range(data.draw(st.integers(1, 4))):
        start, end = data.draw(st.sampled_from(places(text)))
        line = text[start:end]
        body = line.index(">") + 1
        replaced = data.draw(
            st.sampled_from(
                [
                    "",
                    line * 2,
                    line[:body] + "?" + line[line.index("</") :],
                    line[: body - 1] + " n='1'" + line[body - 1 :],
                    line.replace("<", "<x", 1).replace("</", "</x", 1),
                    "text\n" + line,
                    "<!-- <wrong/> -->" + line,
                ]
            )
        )
        text = text[:start] + replaced + text[end:]
    known = payloads._known.known(BIDS, HERE)
    assert known is not None
    judgement = payloads.validate(text.encode(), BIDS, HERE)
    assert (judgement.conformity is Conformity.VALID) == known.is_valid(text.encode())
    lines = text.splitlines()
    for problem in judgement.problems:
        assert lines[problem.line - 1][problem.column - 1] == "<"
        assert problem.path[0].local == "RawBidSet"
        assert "{" not in problem.sentence
        name = problem.path[-1].local
        assert f"<{name}" in lines[problem.line - 1] or f"</{name}" in lines[problem.line - 1]


@pytest.mark.parametrize("inside", [-3, 1, 8, 14])
def test_a_value_that_lies_on_the_edge_of_a_piece_is_told_whole(payloads: RulePayloads, bids: str, inside: int) -> None:
    wrong = bids.replace("<selfSchedMW>0<", "<selfSchedMW>1,500<", 1)
    at = wrong.encode().index(b"<selfSchedMW>1")
    padding = "x" * (CHUNK - at - inside - len("<!---->"))
    padded = wrong.replace("<RawBidSet", f"<!--{padding}--><RawBidSet", 1)
    assert padded.encode()[CHUNK - inside :].startswith(b"<selfSchedMW>1") or inside < 0
    problem = only(payloads.validate(padded.encode(), BIDS, HERE))
    assert problem.sentence.startswith("<selfSchedMW>: “1,500” is no number")
