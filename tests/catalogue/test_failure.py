import re
from pathlib import Path

import pytest

from caiso_desktop.catalogue.failure import FOLDER, read_failures
from caiso_desktop.model.answer import Severity
from caiso_desktop.model.error import Side
from caiso_desktop.model.failure import LONGEST, MISFIT, NO_DATA, NO_RIGHT, Failures

ROW = 'format = 1\n[[failures]]\nid = "{id}"\n{by}\ntitle = "{title}"\n'


@pytest.fixture(scope="module")
def own(resources: Path) -> Failures:
    return read_failures([resources / FOLDER])


def matter(failures: Failures, said: str) -> str:
    found = failures.of_text(said)
    return found.note.matter if found else ""


def taught(tmp_path: Path, resources: Path, text: str) -> Failures:
    (tmp_path / "ours.toml").write_text(text, encoding="utf-8")
    return read_failures([resources / FOLDER, None, tmp_path])


def test_the_program_s_own_table_is_whole(own: Failures) -> None:
    assert own.problems == ()
    matters = [row.note.matter for row in own.rows]
    assert len(set(matters)) == len(matters)
    assert {MISFIT, NO_RIGHT, NO_DATA} < set(matters)
    for row in own.rows:
        assert row.note.meaning, row
        assert row.note.advice, row
        assert row.source, row
        assert row.note.side is not None or row.note.severity is Severity.INFO, row


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Signature validation status: false", "signature"),
        ("signature  validation\n status false", "signature"),
        ("CAISOUsernameToken Validation Error.", "user-name"),
        ("Invalid role and/or Entity list identifier.", "no-right"),
        ("CAISO Acceptable Use Policy Violation", "acceptable-use"),
        ("You are not authorized to access this page.", "page-forbidden"),
        ("Cannot find dispatch method for {http://x}y", "no-operation"),
        ("The given SOAPAction x does not match an operation.", "no-operation"),
        ("Unexpected SOAPAction: x", "no-operation"),
        ("The endpoint reference (EPR) for the Operation not found is /sst/x and the WSA Action = y", "no-operation"),
        ("No binding operation info while invoking unknown method with params unknown.", "no-operation"),
        ("Unexpected wrapper element {urn:a}b found. Expected {urn:c}b.", "no-operation"),
        ("Message part {urn:a}b was not recognized. (Does it exist in service WSDL?)", "no-operation"),
        ("cvc-complex-type.2.4.a: Invalid content was found", "misfit"),
        ('unexpected element (uri:"x", local:"y")', "misfit"),
        ("The message has expired", "expired-message"),
        ("No data found for the specified selection", "no-data"),
        ("No resource records were found", "no-data"),
        ("Down for scheduled maintenance", "maintenance"),
        ("Something that nobody knows", ""),
    ],
)
def test_texts_are_recognised(own: Failures, said: str, expected: str) -> None:
    assert matter(own, said) == expected


@pytest.mark.parametrize(
    ("status", "expected", "side"),
    [
        (302, "moved", Side.BETWEEN),
        (403, "refused", Side.YOURS),
        (404, "address", Side.YOURS),
        (429, "busy", Side.YOURS),
        (418, "client-error", Side.YOURS),
        (503, "down", Side.CAISO),
        (599, "server-error", Side.CAISO),
    ],
)
def test_every_error_status_is_told_with_its_side(own: Failures, status: int, expected: str, side: Side) -> None:
    found = own.of_status(status)
    assert found is not None
    assert (found.note.matter, found.note.side) == (expected, side)


def test_an_access_that_lacks_names_the_request_and_who_makes_it(own: Failures) -> None:
    refused = own.of_status(403)
    assert refused is not None
    for note in (refused.note, own.about(NO_RIGHT), own.about("page-forbidden")):
        assert note is not None
        assert "user access administrator" in note.advice
        assert "Application Access Request" in note.advice


def test_no_data_is_only_what_says_nothing_else(own: Failures) -> None:
    nothing = own.no_data(["No data found", "no records available"])
    assert nothing is not None
    assert nothing.raw == "No data found no records available"
    assert nothing.severity is Severity.INFO
    assert own.no_data(["No data found", "Invalid role and/or Entity list identifier."]) is None
    assert own.no_data([]) is None


def test_support_teaches_it_a_new_text(tmp_path: Path, resources: Path) -> None:
    row = ROW.format(id="ours", by='texts = ["ERRX-77"]', title="Ask the desk") + 'side = "caiso"\n'
    failures = taught(tmp_path, resources, row)
    found = failures.of_text("code: errx-77")
    assert found is not None
    assert (found.note.title, found.note.side, found.note.raw) == ("Ask the desk", Side.CAISO, "code: errx-77")
    assert matter(failures, "CAISOUsernameToken Validation Error.") == "user-name"


def test_what_is_taught_is_looked_at_first_and_replaces_or_drops_by_id(tmp_path: Path, resources: Path) -> None:
    text = (
        ROW.format(id="busy", by='statuses = ["429"]', title="Slower, please")
        + ROW.format(id="particular", by='texts = ["schema of our own"]', title="Ours").removeprefix("format = 1\n")
        + '[[failures]]\nid = "maintenance"\ndropped = true\n'
    )
    failures = taught(tmp_path, resources, text)
    busy = failures.of_status(429)
    assert busy is not None
    assert busy.note.title == "Slower, please"
    assert failures.of_text("too many requests") is None
    assert matter(failures, "not in the schema of our own") == "particular"
    assert matter(failures, "scheduled maintenance") == ""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (ROW.format(id="x", by='texts = ["("]', title="t"), "line 4.*texts.*no regular expression"),
        (ROW.format(id="x", by="", title="t"), "texts.*by what is it recognised"),
        (ROW.format(id="x", by='statuses = ["999"]', title="t"), "statuses.*'999'"),
        (ROW.format(id="x", by='texts = ["a"]\nside = "ours"', title="t"), "side"),
        (ROW.format(id="x", by='texts = ["a"]\ncolour = "red"', title="t"), "colour"),
        (ROW.format(id="x", by='texts = ["a"]', title="t").replace("1", "2", 1), "format"),
        ("format = 1\n[[failures]", "not TOML"),
    ],
)
def test_a_file_that_is_wrong_is_left_out_and_told(
    tmp_path: Path, resources: Path, own: Failures, text: str, complaint: str
) -> None:
    failures = taught(tmp_path, resources, text)
    assert failures.rows == own.rows
    [problem] = failures.problems
    assert re.search(rf"ours\.toml.*{complaint}", problem), problem


def test_a_long_text_is_looked_at_no_further_than_its_beginning(own: Failures) -> None:
    assert matter(own, "x" * LONGEST + " acceptable use policy") == ""
    assert own.of_text("acceptable use policy" + "x" * 10 * LONGEST) is not None
