"""Counts by bytes are the counts of a thorough look, whatever the report looks like."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from caiso_desktop.envelope.report import Findings, ReportScan


def scan(document: bytes, step: int, *, thorough: bool = False) -> Findings | None:
    found = ReportScan(thorough=thorough)
    for at in range(0, len(document), step):
        found.feed(document[at : at + step])
    return found.findings()


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> str:
    name = draw(st.sampled_from(["A", "AB", "B", "p:A"]))
    attribute = draw(st.sampled_from(["", "", ' x="/>"', " y='<!'".replace("<", "&lt;"), " z='\n>'"]))
    if draw(st.integers(0, 3)) == 0:
        return f"<{name}{attribute}/>"
    kinds = [
        st.sampled_from(["", "\n  ", "text", "<!-- <A> -->", "<![CDATA[</A>]]>", "<?pi <B>?>"][: 3 if depth else 6])
    ]
    if depth < 2:
        kinds.append(elements(depth=depth + 1))
    inner = "".join(draw(st.lists(st.one_of(kinds), max_size=3)))
    return f"<{name}{attribute}>{inner}</{name}{draw(st.sampled_from(['', ' ']))}>"


@settings(max_examples=60, deadline=None)
@given(st.lists(elements(), max_size=6), st.sampled_from(["", "\n  ", "x"]), st.integers(1, 60), st.booleans())
@example(["<A>1</A>"] * 5 + ["<AB>1</AB>"] * 5 + ["<A>1</A>"] * 3 + ["<B><A/></B>"], "\n", 1000, True)
@example(["<A><A>1</A></A>", "<B/>"], "", 1000, False)
def test_both_counts_agree(records: list[str], gap: str, step: int, after: bool) -> None:
    more = "<Tail/><MessagePayload><A/></MessagePayload>" if after else ""
    document = (
        f"<R xmlns:p='urn:p'><MessageHeader/><MessagePayload>{gap}{gap.join(records)}{gap}</MessagePayload>{more}</R>"
    ).encode()
    thorough = scan(document, step, thorough=True)
    assert thorough is not None
    assert thorough.problem is None
    by_bytes = scan(document, step)
    assert by_bytes is None or (by_bytes.root, dict(by_bytes.counts)) == (thorough.root, dict(thorough.counts))


def test_a_plain_report_is_counted_by_its_bytes() -> None:
    records = "\n".join(["<m:Award><m:a>1</m:a></m:Award>"] * 1000 + ["<m:Other/>"] * 3)
    document = f"<m:R xmlns:m='urn:m'><m:MessagePayload>\n{records}\n</m:MessagePayload></m:R>".encode()
    for step in (7, 1000, 1 << 20):
        found = scan(document, step)
        assert found is not None
        assert (found.root, found.counts) == ("{urn:m}R", (("Award", 1000), ("Other", 3)))


def test_without_a_payload_the_roots_children_are_counted() -> None:
    found = scan(b"<R><a><b/></a><a/><c/></R>", 5)
    assert found is not None
    assert found.counts == (("a", 2), ("c", 1))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = f"<?xml version='1.0' encoding='{declared}'?><R><MessagePayload><é/><é/></MessagePayload></R>"
    found = scan(text.encode(encoding), 11) or scan(text.encode(encoding), 11, thorough=True)
    assert found is not None
    assert sum(count for _, count in found.counts) == 2
    assert found.problem is None


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"<R><MessagePayload><A></MessagePayload></R>", "well-formed"),
        (b"<R><MessagePayload><A/>", "well-formed"),
        (b"no xml", "well-formed"),
        (b"<!DOCTYPE R [<!ENTITY a 'b'>]><R>&a;</R>", "DOCTYPE"),
        (b"<?xml version='1.0' encoding='x-foo'?><R/>", "well-formed"),
    ],
)
def test_what_is_not_xml_is_told(document: bytes, words: str) -> None:
    found = scan(document, 4)
    assert found is not None
    assert found.problem is not None
    assert words in found.problem
