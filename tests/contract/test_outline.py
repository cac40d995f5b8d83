"""The elements of a text, and what edits by elements leave alone: every byte outside of what was edited."""

import codecs
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from caiso_desktop.contract.outline import outline
from caiso_desktop.model.composition import Composition
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.markup import value_of
from caiso_desktop.model.outline import Node, NodePath, Outline
from caiso_desktop.model.spelling import Element, Written
from caiso_desktop.model.splice import Add, Duplicate, Move, Remove, SetAttribute, SetValue, Splice
from caiso_desktop.model.tag import DEEPEST
from caiso_desktop.model.undo import Edit
from tests.contract.documents import documents

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TYPE = f"{XSI}type"
WRITTEN = (
    "<w>1</w>",
    "<w\n k = '1'/>",
    '<x:z xmlns:x="x" x:k="&lt;">\n  <!-- c --><y>\u00a0é</y>\n</x:z>',
    "<z xmlns=''><![CDATA[<&]]>t</z>",
)
KINDS = ("value", "values", "attribute", "type", "add", "written", "remove", "move", "duplicate")
VALUES = st.sampled_from(
    ["", "1", "12.5", " x ", "a<b&c]]>d", "two\nlines", "\r", "é𝄞", "\u00a0", "\u2028\u2029", '"', "'", "\n1", "\t"]
)
PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def read(text: str, revision: int = 0) -> Outline:
    found = outline(Draft(text, revision=revision))
    assert isinstance(found, Outline), found
    return found


def whole(text: str) -> Composition:
    draft = Draft(text)
    return Composition(draft).read(read(text))


def leaves(found: Outline) -> list[NodePath]:
    return [path for path, node, _ in found.walk() if node.is_leaf]


@given(documents())
@SLOW
def test_every_element_is_found_with_what_it_says_and_where_it_stands(text: str) -> None:
    found = read(text)
    root = etree.fromstring(text.encode(), PARSER)
    theirs = [each for each in root.iter() if isinstance(each.tag, str)]
    for (path, node, start), their in zip(found.walk(), theirs, strict=True):
        assert node.name == their.tag
        assert {each.name: each.value for each in node.attributes} == dict(their.attrib)
        assert found.extent(path).start == start
        if node.is_leaf:
            assert node.text == "".join(_texts(their))
        else:
            assert node.mixed == bool("".join(_texts(their)).strip(" \t\r\n"))
        raw = text[start : found.extent(path).end]
        assert raw.startswith(f"<{node.tag}")
        assert node.foot == 0 or raw[len(raw) - node.foot :].startswith(f"</{node.tag}")
        for each in node.attributes:
            extent = found.value_extent(path, each.name)
            assert extent is not None
            assert text[extent.start - 1] == text[extent.end]
            assert raw[each.at :].startswith(each.tag)
        assert found.path_at(start) == path


def _texts(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield child.tail or ""


@st.composite
def types(draw: st.DrawFn, found: Outline, path: NodePath) -> str | None:
    """A type that can be named there, of a namespace that is known there or of a new one; or none."""
    bare = [] if found.scope(path).get("") else ["Bare"]
    known = [f"{{{space}}}T" for prefix, space in found.scope(path).items() if space and prefix != "xml"]
    return draw(st.sampled_from([None, "{new}T", "{p}T", *bare, *known]))


@st.composite
def splices(draw: st.DrawFn, found: Outline) -> Splice:
    paths = [path for path, _, _ in found.walk()]
    path = draw(st.sampled_from(paths))
    node, revision = found.node(path), found.revision
    kind = draw(st.sampled_from(KINDS))
    if kind == "value" and leaves(found):
        return SetValue(revision, {draw(st.sampled_from(leaves(found))): draw(VALUES)})
    if kind == "values" and leaves(found):
        chosen = draw(st.lists(st.sampled_from(leaves(found)), min_size=1, unique=True))
        return SetValue(revision, {each: draw(VALUES) for each in chosen})
    if kind == "attribute":
        known = [each.name for each in node.attributes]
        name = draw(st.sampled_from(["new", "{p}x", f"{XSI}nil", "{http://www.w3.org/XML/1998/namespace}lang", *known]))
        return SetAttribute(revision, path, name, draw(st.none() | VALUES))
    if kind == "type":
        named = draw(types(found, path))
        return SetAttribute(revision, path, TYPE, named, is_name=True)
    if kind == "written":
        texts = draw(st.lists(st.sampled_from(WRITTEN), min_size=1, max_size=3))
        return Add(revision, path, draw(st.integers(0, len(node.children))), tuple(map(Written, texts)))
    if kind == "add":
        inner = Element(draw(st.sampled_from(["{q}c", "c", "{w}c"])), draw(VALUES))
        attributes = draw(st.sampled_from([(), (("k", "<\"'>\n"),), (("{p}k", "1"), (f"{XSI}nil", "true"))]))
        outer = Element(draw(st.sampled_from(["{u}n", "n", "{new}n"])), attributes=attributes, children=(inner, inner))
        added = draw(st.sampled_from([(inner,), (outer,), (outer, inner)]))
        return Add(revision, path, draw(st.integers(0, len(node.children))), added)
    if not path:
        return SetAttribute(revision, path, "r", "1")
    if kind == "remove":
        return Remove(revision, tuple(draw(st.lists(st.sampled_from(paths[1:]), min_size=1, unique=True))))
    if kind == "move":
        return Move(revision, path, draw(st.integers(0, len(found.node(path[:-1]).children) - 1)))
    return Duplicate(revision, path)


def within(found: Outline, splice: Splice) -> list[tuple[int, int]]:
    """The stretches of the text that a splice may change: the edited elements, or the place of the new ones."""
    match splice:
        case SetValue(values=values):
            extents = [found.extent(path) for path in values]
        case SetAttribute(path=path):
            start = found.extent(path).start
            return [(start, start + found.node(path).head)]
        case Add(path=path):
            extents = [found.extent(path)]
        case Remove(paths=paths):
            return [(found.extent(each).start - found.node(each).gap, found.extent(each).end) for each in paths]
        case Move(path=path, to=to):
            extents = [found.extent(path), found.extent((*path[:-1], to))]
            low, high = min(extents, key=lambda each: each.start), max(extents, key=lambda each: each.end)
            return [(low.start, high.end)]
        case Duplicate(path=path):
            extents = [found.extent(path[:-1])]
    return [(each.start, each.end) for each in extents]


@given(st.data(), documents())
@SLOW
def test_every_byte_outside_the_edited_element_is_unchanged(data: st.DataObject, text: str) -> None:
    mark = data.draw(st.sampled_from([(b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le")]))
    before = Composition(Draft(text, mark[1], mark[0])).read(read(text))
    assert before.outline is not None
    splice = data.draw(splices(before.outline))
    after, edit = _made(before, splice)
    stretches = within(before.outline, splice)
    low, high = min(start for start, _ in stretches), max(end for _, end in stretches)
    old, new = before.draft, after.draft
    if edit.size:
        assert low <= edit.at
        assert edit.at + len(edit.removed) <= high
    # Byte for byte, before the first edited element, behind the last, and between them.
    assert new.to_bytes().startswith(old.mark + old.text[:low].encode(old.encoding))
    assert new.to_bytes().endswith(old.text[high:].encode(old.encoding))
    if isinstance(splice, SetValue):
        _between_is_kept(old.text, new.text, before.outline, after.outline, splice)
    # What the elements are after it was known without reading; reading says the same.
    assert after.outline == read(new.text, new.revision)
    assert edit.revert(new.text) == old.text


def _between_is_kept(old: str, new: str, was: Outline, now: Outline | None, splice: SetValue) -> None:
    assert now is not None
    ends = [(was.extent(path).end, now.extent(path).end) for path in sorted(splice.values)]
    starts = [(was.extent(path).start, now.extent(path).start) for path in sorted(splice.values)]
    for (end, end_now), (start, start_now) in zip(ends, starts[1:], strict=False):
        assert old[end:start] == new[end_now:start_now]


def _made(before: Composition, splice: Splice) -> tuple[Composition, Edit]:
    try:
        return before.spliced(splice)
    except EditRefused:
        # Only what the rules refuse by name: a value for an element that has none of its own.
        assert before.outline is not None
        assert isinstance(splice, SetValue)
        assume(False)
        raise


@given(st.data(), documents())
@SLOW
def test_a_type_is_named_as_a_parser_reads_it_whatever_is_declared_there(data: st.DataObject, text: str) -> None:
    before = whole(text)
    assert before.outline is not None
    path = data.draw(st.sampled_from([path for path, _, _ in before.outline.walk()]))
    for _ in range(2):
        assert before.outline is not None
        name = data.draw(types(before.outline, path))
        revision = before.draft.revision
        before, _ = before.spliced(SetAttribute(revision, path, TYPE, name, is_name=True))
        element = etree.fromstring(before.draft.text.encode(), PARSER)
        for index in path:
            element = [each for each in element if isinstance(each.tag, str)][index]
        said = element.get(TYPE)
        if name is None:
            assert said is None
            continue
        assert said is not None
        prefix, _, local = said.rpartition(":")
        namespace = element.nsmap.get(prefix or None)
        assert (f"{{{namespace}}}{local}" if namespace else local) == name


@given(st.data(), documents())
@SLOW
def test_what_was_set_is_what_is_said(data: st.DataObject, text: str) -> None:
    before = whole(text)
    assert before.outline is not None
    assume(leaves(before.outline))
    path, value = data.draw(st.sampled_from(leaves(before.outline))), data.draw(VALUES)
    after, _ = before.spliced(SetValue(0, {path: value}))
    said = etree.fromstring(after.draft.text.encode(), PARSER)
    element = said
    for index in path:
        element = [each for each in element if isinstance(each.tag, str)][index]
    assert value_of("".join(_texts(element))) == value_of(value)
    assert after.outline is not None
    assert after.outline.node(path).value == value_of(value)
    asides = [each for each in etree.fromstring(text.encode(), PARSER).iter() if not isinstance(each.tag, str)]
    kept = [each for each in said.iter() if not isinstance(each.tag, str)]
    assert [each.text for each in kept] == [each.text for each in asides], "comments and instructions stay"


@given(st.data(), documents())
@SLOW
def test_an_edit_of_the_text_moves_what_it_does_not_touch(data: st.DataObject, text: str) -> None:
    before = whole(text)
    assert before.outline is not None
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + data.draw(st.sampled_from([0, 3, 40])))))
    edit = Edit(start, text[start:end], data.draw(st.sampled_from(["", "x", "<a/>", "<!--", "</a>", "\r\n"])))
    after = before.edited(Draft(edit.apply(text), revision=1), edit)
    if after.outline is None:
        assert not after.is_sure
        return
    for path, node, at in after.outline.walk():
        if path not in after.outline.unsure and not any(path == u[: len(path)] for u in after.outline.unsure):
            raw = after.draft.text[at : at + node.length]
            assert raw == text[_was(before.outline, edit, at) :][: node.length]
    # An edit by an element that was shown before the text was edited lands there or nowhere.
    for path in leaves(before.outline):
        try:
            landed, made = after.spliced(SetValue(0, {path: "new"}))
        except EditRefused:
            continue
        extent = before.outline.extent(path)
        assert end <= extent.start or start >= extent.end or (extent.start < start and end < extent.end)
        there = _now(edit, extent.start)
        assert there <= made.at
        assert landed.draft.text[:there] == after.draft.text[:there]


def _was(found: Outline, edit: Edit, at: int) -> int:
    return at if at < edit.at + len(edit.inserted) and at <= edit.at else at - len(edit.inserted) + len(edit.removed)


def _now(edit: Edit, at: int) -> int:
    return at if at < edit.at else at + len(edit.inserted) - len(edit.removed)


def test_two_quick_edits_before_the_text_is_read_again_land_right() -> None:
    text = "<r>\r\n  <a>1</a>\r\n  <b/>\r\n  <c>3</c>\r\n</r>"
    one = whole(text)
    two, _ = one.spliced(SetValue(0, {(0,): "12345"}))
    three, _ = two.spliced(SetValue(0, {(0,): "6"}))  # made for the revision before the first
    four, _ = three.spliced(SetValue(0, {(1,): "b & b"}))
    five, _ = four.spliced(SetValue(0, {(1,): "b"}))
    six, _ = five.spliced(SetValue(0, {(2,): "33"}))
    assert six.draft.text == "<r>\r\n  <a>6</a>\r\n  <b>b</b>\r\n  <c>33</c>\r\n</r>"
    seven, _ = six.spliced(Remove(0, ((0,),)))
    eight, _ = seven.spliced(SetValue(0, {(2,): "4"}))
    assert eight.draft.text == "<r>\r\n  <b>b</b>\r\n  <c>4</c>\r\n</r>"
    with pytest.raises(EditRefused, match="<a> was removed"):
        eight.spliced(SetValue(0, {(0,): "9"}))
    nine, _ = eight.spliced(Move(7, (0,), 1))
    ten, _ = nine.spliced(SetValue(7, {(0,): "bb"}))  # <b>, which was the first
    assert ten.draft.text == "<r>\r\n  <c>4</c>\r\n  <b>bb</b>\r\n</r>"
    assert eight.outline == read(eight.draft.text, eight.draft.revision)


def test_an_edit_of_the_text_and_one_of_the_form_at_once() -> None:
    text = "<r><a>1</a><b>2</b></r>"
    typed = Edit(6, "1", "111")
    draft = Draft(typed.apply(text), revision=1)
    after = whole(text).edited(draft, typed)
    assert not after.is_sure
    assert after.spliced(SetValue(0, {(1,): "3"}))[0].draft.text == "<r><a>111</a><b>3</b></r>"
    with pytest.raises(EditRefused, match="edited at this place just now"):
        after.spliced(SetValue(0, {(0,): "3"}))
    again = after.read(read(draft.text, 1))
    assert again.is_sure
    assert again.spliced(SetValue(0, {(0,): "3"}))[0].draft.text == "<r><a>3</a><b>2</b></r>"
    assert after.read(read(text, 0)) is after, "an answer about an older text counts no more"


@pytest.mark.parametrize(
    ("text", "splice", "after"),
    [
        ("<r>\n\t<a>1</a>\n</r>", Add(0, (), 1, (Element("b", "2"),)), "<r>\n\t<a>1</a>\n\t<b>2</b>\n</r>"),
        ("<r>\n  <a>1</a> <!-- one -->\n</r>", Duplicate(0, (0,)), "<r>\n  <a>1</a> <!-- one -->\n  <a>1</a>\n</r>"),
        ("<r>\n  <a>1</a>\n</r>", Add(0, (), 0, (Element("b"),)), "<r>\n  <b></b>\n  <a>1</a>\n</r>"),
        ("<r><a>1</a></r>", Add(0, (), 1, (Element("b"),)), "<r><a>1</a><b></b></r>"),
        (
            "<r>\r\n  <p/>\r\n</r>",
            Add(0, (0,), 0, (Element("b", "1"),)),
            "<r>\r\n  <p>\r\n    <b>1</b>\r\n  </p>\r\n</r>",
        ),
        (
            "<r>\n  <p>\n    <!-- here -->\n  </p>\n</r>",
            Add(0, (0,), 0, (Element("b"), Element("c"))),
            "<r>\n  <p>\n    <!-- here -->\n    <b></b>\n    <c></c>\n  </p>\n</r>",
        ),
        (
            '<s:r xmlns:s="u" xmlns:t="v">\n  <s:a/>\n</s:r>',
            Add(0, (), 1, (Element("{u}b", children=(Element("{v}c", "1"), Element("{w}d"))),)),
            (
                '<s:r xmlns:s="u" xmlns:t="v">\n  <s:a/>\n  <s:b>\n    <t:c>1</t:c>\n'
                '    <d xmlns="w"></d>\n  </s:b>\n</s:r>'
            ),
        ),
        (
            '<r xmlns="u"/>',
            SetAttribute(0, (), f"{XSI}nil", "true"),
            f'<r xmlns="u" xmlns:xsi="{XSI[1:-1]}" xsi:nil="true"/>',
        ),
        ("<r a='1'\n   b='2'>x</r>", SetAttribute(0, (), "b", None), "<r a='1'>x</r>"),
        ("<r a='1'/>", SetAttribute(0, (), "a", "it's <"), "<r a='it&apos;s &lt;'/>"),
        ("<r>\n  <a>1</a>\n  <b>2</b>\n</r>", Remove(0, ((0,),)), "<r>\n  <b>2</b>\n</r>"),
        ("<r>\n  <a>1</a> <b>2</b>\n</r>", Remove(0, ((0,),)), "<r>\n   <b>2</b>\n</r>"),
        ("<r><a>1</a><!-- x --><b>2</b></r>", Move(0, (0,), 1), "<r><b>2</b><!-- x --><a>1</a></r>"),
        (
            "<r><a><![CDATA[1<2]]></a></r>",
            SetValue(0, {(0,): "2<3]]>"}),
            "<r><a><![CDATA[2<3]]]]><![CDATA[>]]></a></r>",
        ),
        ("<r>\n  1 <!-- MW -->\n</r>", SetValue(0, {(): "2"}), "<r>\n  2<!-- MW -->\n</r>"),
        ("<r>&#13;</r>", SetValue(0, {(): "\r\n"}), "<r>&#13;\n</r>"),
    ],
)
def test_written_as_the_neighbours_are(text: str, splice: Splice, after: str) -> None:
    made, _ = whole(text).spliced(splice)
    assert made.draft.text == after
    assert made.outline == read(after, made.draft.revision)


def test_what_the_encoding_cannot_write_becomes_a_reference() -> None:
    text = "<?xml version='1.0' encoding='ISO-8859-1'?><r>é</r>"
    made, _ = Composition(Draft(text, "iso-8859-1")).read(read(text)).spliced(SetValue(0, {(): "é €"}))
    assert made.draft.to_bytes().endswith(b"<r>\xe9 &#8364;</r>")
    assert read(made.draft.text).root.text == "é €"


def test_what_cannot_stand_in_xml_is_refused_in_words() -> None:
    with pytest.raises(EditRefused, match=r"U\+0007"):
        whole("<r/>").spliced(SetValue(0, {(): "a\a"}))
    with pytest.raises(EditRefused, match="not a name"):
        whole("<r/>").spliced(Add(0, (), 0, (Element("a b"),)))
    with pytest.raises(EditRefused, match="root"):
        whole("<r/>").spliced(Remove(0, ((),)))


@pytest.mark.parametrize("text", ["<a>", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "", "<a>&e;</a>"])
def test_what_is_not_to_be_read_has_no_outline(text: str) -> None:
    assert not isinstance(outline(Draft(text)), Outline)


def test_elements_too_deep_in_each_other_are_not_read() -> None:
    deep = "<a>" * (DEEPEST + 1) + "</a>" * (DEEPEST + 1)
    assert "deep" in str(outline(Draft(deep)))
    assert isinstance(outline(Draft(deep[3:-4])), Outline)


def test_many_values_are_one_edit() -> None:
    text = "<r>" + "<a>1</a>" * 5000 + "</r>"
    made, edit = whole(text).spliced(SetValue(0, {(number,): str(number) for number in range(5000)}))
    assert edit.revert(made.draft.text) == text
    assert made.outline == read(made.draft.text, 1)
    nodes: tuple[Node, ...] = made.outline.root.children if made.outline else ()
    assert [node.text for node in nodes] == [str(number) for number in range(5000)]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("<r>a]]<x/>>b<y/></r>", True),
        ("<r>a]<x/>]>b<y/></r>", True),
        ("<r>a]]<x/>b<y/></r>", False),
        ("<r><![CDATA[a]]><x/>b<y/></r>", False),
        ("<r>a]]&gt;<x/>b<y/></r>", False),
    ],
)
def test_no_removal_makes_text_say_what_xml_forbids(text: str, refused: bool) -> None:
    before = whole(text)
    if refused:
        with pytest.raises(EditRefused, match="]]>"):
            before.spliced(Remove(0, ((0,),)))
    else:
        after, _ = before.spliced(Remove(0, ((0,),)))
        assert after.outline == read(after.draft.text, 1)
    moved, _ = before.spliced(Move(0, (0,), 1))  # the other element takes its place
    assert moved.outline == read(moved.draft.text, 1)
