from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.template import Owner, Template
from caiso_desktop.store.template import TemplateFolders

TARGET = Target("sibr", "SubmitRawBidSet", "v4", Variant.DOCATTACH)
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def folders(tmp_path: Path) -> Mapping[Owner, Path]:
    return {Owner.USER: tmp_path / "mine" / "templates", Owner.COMPANY: tmp_path / "company"}


@pytest.fixture
def templates(folders: Mapping[Owner, Path]) -> TemplateFolders:
    return TemplateFolders(folders, user="jane", clock=lambda: NOW)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.sampled_from([("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe")]),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=50).filter(str.strip),
)
def test_what_was_saved_is_opened_byte_for_byte(
    templates: TemplateFolders, text: str, form: tuple[str, bytes], name: str
) -> None:
    encoding, mark = form
    draft = Draft.from_bytes(mark + f"<a>{text}</a>".encode(encoding))
    saved = templates.save(Template(name, TARGET, "two\nlines"), draft, replace=True)
    assert saved.file is not None
    try:
        found = templates.find(" ".join(name.split()))
        assert (found.note, found.target, found.by, found.saved) == ("two\nlines", TARGET, "jane", NOW)
        assert templates.open(found).to_bytes() == draft.to_bytes()
    finally:
        templates.remove(saved)


def test_the_file_is_plain_and_keeps_macros(templates: TemplateFolders) -> None:
    saved = templates.save(
        Template("Bids of unit 1: on-peak?", TARGET, "for Jane"), Draft("<a>{{trade_date}}\r\n</a>"), replace=False
    )
    assert saved.file is not None
    assert saved.file.name == "Bids-of-unit-1-on-peak.caiso-template"
    assert saved.file.read_bytes() == (
        b"CAISO Desktop template 1\nname: Bids of unit 1: on-peak?\nnote: for Jane\napplication: sibr\n"
        b"service: SubmitRawBidSet\nversion: v4\nvariant: docattach\nsaved: 2026-11-26T12:00:00+00:00\nby: jane\n\n"
        b"<a>{{trade_date}}\r\n</a>"
    )


def test_names_are_not_replaced_by_accident(templates: TemplateFolders) -> None:
    first = templates.save(Template("Bids", TARGET), Draft("<a/>"), replace=False)
    with pytest.raises(UsageError, match="'Bids' already"):
        templates.save(Template("bids", TARGET), Draft("<b/>"), replace=False)
    again = templates.save(Template("BIDS", TARGET), Draft("<b/>"), replace=True)
    assert again.file == first.file
    assert templates.open(templates.find("bids")).text == "<b/>"
    company = templates.save(Template("Bids", TARGET, owner=Owner.COMPANY), Draft("<c/>"), replace=False)
    listed, bad = templates.list()
    assert [(each.name, each.owner) for each in listed] == [("BIDS", Owner.USER), ("Bids", Owner.COMPANY)]
    assert bad == []
    templates.remove(again)
    assert templates.find("bids").owner is Owner.COMPANY
    templates.remove(company)
    with pytest.raises(UsageError, match="gone already"):
        templates.remove(company)
    with pytest.raises(UsageError, match="no template 'bids'"):
        templates.find("bids")


def test_names_that_a_file_system_takes_for_one_have_two_files(templates: TemplateFolders) -> None:
    one = templates.save(Template("a/b", TARGET), Draft("<a/>"), replace=False)
    two = templates.save(Template("a?b", TARGET), Draft("<b/>"), replace=False)
    assert one.file != two.file
    assert templates.open(templates.find("a/b")).text == "<a/>"
    reserved = templates.save(Template("CON", TARGET), Draft("<c/>"), replace=False)
    assert reserved.file is not None
    assert reserved.file.name == "_CON.caiso-template"


@pytest.mark.parametrize(
    ("data", "line", "sentence"),
    [
        (b"", 1, "should begin with 'CAISO Desktop template 1'"),
        (b"CAISO Desktop template 2\nname: x\n\n", 1, "newer version"),
        (b"CAISO Desktop template 1\nname x\n\n<a/>", 2, "'key: value'"),
        (b"CAISO Desktop template 1\nname: x\nnote: \xff\n\n<a/>", 3, "UTF-8"),
        (b"CAISO Desktop template 1\nname: x", 3, "empty line"),
        (
            b"CAISO Desktop template 1\nname: x\nservice: S\napplication: a\nvariant: mail\n\n",
            5,
            "'mail' is no variant",
        ),
        (b"CAISO Desktop template 1\nname: x\n\n", 1, "'variant:' is missing"),
    ],
)
def test_a_bad_file_is_told_with_its_line_and_left_alone(
    templates: TemplateFolders, folders: Mapping[Owner, Path], data: bytes, line: int, sentence: str
) -> None:
    folder = folders[Owner.COMPANY]
    folder.mkdir()
    file = folder / "x.caiso-template"
    file.write_bytes(data)
    (folder / "other.txt").write_bytes(b"not ours")
    templates.save(Template("Good", TARGET), Draft("<a/>"), replace=False)
    listed, [bad] = templates.list()
    assert [each.name for each in listed] == ["Good"]
    assert (bad.file, bad.line) == (file, line)
    assert sentence in bad.sentence
    assert file.read_bytes() == data


def test_a_file_that_somebody_edited_on_windows_is_read(
    templates: TemplateFolders, folders: Mapping[Owner, Path]
) -> None:
    saved = templates.save(Template("Bids", TARGET), Draft("<a>\r\n</a>"), replace=False)
    assert saved.file is not None
    head, _, payload = saved.file.read_bytes().partition(b"\n\n")
    saved.file.write_bytes(b"\xef\xbb\xbf" + head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + payload)
    assert templates.open(templates.find("Bids")).text == "<a>\r\n</a>"
    saved.file.unlink()
    with pytest.raises(UsageError, match="is gone"):
        templates.open(saved)
