"""Shapes inferred from samples."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from caiso_desktop.contract.bundled import BundledSchemas
from caiso_desktop.contract.grammar import Grammar
from caiso_desktop.contract.infer import infer
from caiso_desktop.contract.sample import sample
from caiso_desktop.contract.shape import shape_of
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.fit import complaint
from caiso_desktop.model.provenance import Ground
from caiso_desktop.model.reading import Unit
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.shape import Field, Order, Shape
from caiso_desktop.model.step import Step
from caiso_desktop.model.value import ValueKind

RESOURCES = Path(__file__).resolve().parents[2] / "resources"


def field(shape: Shape, *names: str) -> Field:
    found = shape.at(tuple(Step(name) for name in (shape.root.name, *names)))
    assert found is not None, names
    return found


def one(text: str) -> Shape:
    return infer([f"<R>{text}</R>"], "last week")


def test_it_says_that_it_proves_nothing() -> None:
    shape = one("<a>1</a>")
    assert shape.provenance.ground is Ground.SAMPLE
    assert str(shape.provenance) == "Inferred from a sample, not checked (last week)"


@pytest.mark.parametrize(
    ("texts", "base"),
    [
        (["1", "22", "-3"], "integer"),
        (["1", "2.5"], "decimal"),
        (["007", "12"], "string"),
        (["1" * 20], "string"),
        (["true", "false"], "boolean"),
        (["2026-03-10T08:00:00Z", "2026-03-10T08:00:00.000-07:00"], "dateTime"),
        (["2026-03-10"], "date"),
        (["08:00:00"], "time"),
        (["1", ""], "string"),
        (["1", "x"], "string"),
        ([""], "string"),
    ],
)
def test_types_are_guessed_with_care(texts: list[str], base: str) -> None:
    shape = one("".join(f"<v>{text}</v>" for text in texts))
    value = field(shape, "v").value
    assert value is not None
    assert value.base == base
    assert all(not complaint(value, text) for text in texts)


@pytest.mark.parametrize("name", ["mRID", "resourceId", "Version", "SchedulingCoordinator", "phoneNumber"])
def test_what_names_something_stays_a_text(name: str) -> None:
    value = field(one(f"<{name}>1234</{name}>"), name).value
    assert value is not None
    assert value.base == "string"
    assert not value.choices


def test_values_that_come_back_are_suggested_not_demanded() -> None:
    value = field(one("<product>EN</product><product>SR</product>" * 5), "product").value
    assert value is not None
    assert [choice.value for choice in value.choices] == ["EN", "SR"]
    assert value.kind is ValueKind.CHOICE
    assert complaint(value, "NR") == ""
    rare = field(one("<product>EN</product><product>SR</product>"), "product").value
    assert rare is not None
    assert not rare.choices


def test_what_is_missing_once_is_optional_wherever_it_is_missing() -> None:
    for text in ("<b><x/><y/></b><b><x/></b>", "<b><x/></b><b><x/><y/></b>", "<b/><b><x/><y/></b>"):
        shape = one(text)
        assert not field(shape, "b", "y").occurrence.required
    assert field(one("<b><x/><y/></b><b><x/></b>"), "b", "x").occurrence.required


def test_what_stands_twice_repeats_and_so_do_records_and_items() -> None:
    shape = one("<b><x/><x/></b><b><x/></b>")
    assert field(shape, "b").occurrence.repeats
    assert field(shape, "b", "x").occurrence.repeats
    payload = infer(["<R><MessagePayload><Bid><a>1</a></Bid></MessagePayload></R>"], "")
    assert field(payload, "MessagePayload", "Bid").occurrence.repeats
    assert not field(payload, "MessagePayload").occurrence.repeats
    listed = one("<GasList><gas>A</gas></GasList>")
    assert field(listed, "GasList", "gas").occurrence.repeats


def test_the_order_of_elements_is_that_of_all_samples_together() -> None:
    shape = infer(["<R><a/><c/></R>", "<R><a/><b/></R>", "<R><b/><c/></R>"], "")
    inside = shape.inside(shape.root)
    assert inside is not None
    assert inside.group is not None
    assert (inside.group.order, [each.name for each in inside.fields()]) == (Order.SEQUENCE, ["a", "b", "c"])
    torn = one("<a/><b/><a/>")
    group = torn.inside(torn.root)
    assert group is not None
    assert group.group is not None
    assert (group.group.order, group.group.occurrence.most) == (Order.CHOICE, None)


def test_attributes_units_nil_and_mixed_text() -> None:
    shape = one(
        '<b n="1" note="x"><mw>1.5</mw></b><b n="2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:nil="true"/><c>said<d/>so</c>'
    )
    inside = shape.inside(field(shape, "b"))
    assert inside is not None
    assert {each.name: each.required for each in inside.attributes} == {"n": True, "note": False}
    assert field(shape, "b").nillable
    assert field(shape, "b", "mw").unit is Unit.POWER
    around = shape.inside(field(shape, "c"))
    assert around is not None
    assert around.mixed


def test_recursion_is_folded() -> None:
    shape = infer([f"<R>{'<n><t>1</t>' * 30}{'</n>' * 30}</R>"], "")
    assert len(shape.contents) == 2
    assert field(shape, *["n"] * 50, "t").value is not None


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (["<a>"], "not XML: line 1"),
        (["<!DOCTYPE a><a/>"], "DOCTYPE"),
        (["<a/>", "<b/>"], "different roots, <a> and <b>"),
        ([], "no sample"),
        (["<a>" * 120 + "</a>" * 120], "more than 100 deep"),
    ],
)
def test_what_cannot_be_a_sample_is_told(samples: list[str], said: str) -> None:
    with pytest.raises(PayloadError, match=said):
        infer(samples, "")


def test_the_real_shape_of_a_bid_set_is_found_in_its_full_sample() -> None:
    place = BundledSchemas(RESOURCES / "contracts", "simulator").place(
        Target("sibr", "SubmitRawBidSet", "v4", Variant.AP), "simulator"
    )
    assert place is not None
    shape = shape_of(Grammar(place.folder, place.entry, place.root).declaration, place.provenance)
    text = sample(shape, date(2026, 3, 10), datetime(2026, 3, 9, tzinfo=UTC), full=True)
    found = infer([text], "a sample")

    def agree(path: tuple[Step, ...]) -> None:
        real, seen = shape.at(path), found.at(path)
        assert real is not None
        assert seen is not None
        if seen.value is not None and real.value is not None and seen.value.base != "string":
            assert seen.value.kind in (real.value.kind, ValueKind.WHOLE)
        inside = found.inside(seen)
        for child in inside.fields() if inside is not None else ():
            agree((*path, Step(child.name)))

    agree((Step(shape.root.name),))


NAMES = st.sampled_from(["a", "b", "c", "mRID", "quantity", "startTime"])
TEXTS = st.one_of(
    st.sampled_from(["", "1", "2.5", "EN", "true", "2026-03-10", "2026-03-10T08:00:00Z", "007"]),
    st.text("xyz ", max_size=5),
)


def tree(draw: st.DrawFn, depth: int) -> etree._Element:
    element = etree.Element(draw(NAMES))
    children = draw(st.integers(0, 3)) if depth < 4 else 0
    if not children:
        element.text = draw(TEXTS)
    for _ in range(children):
        element.append(tree(draw, depth + 1))
    if draw(st.booleans()):
        element.set("n", draw(TEXTS))
    return element


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    root = tree(draw, 0)
    root.tag = "R"
    return etree.tostring(root)


def follows(shape: Shape, element: etree._Element, found: Field) -> None:
    """Whether an element is allowed where a shape has a field: names, attributes, values, how often."""
    inside = shape.inside(found)
    names = [str(child.tag) for child in element]
    if inside is None:
        assert not names
        assert found.value is not None
        assert complaint(found.value, element.text or "") == ""
        return
    assert {str(name) for name in element.attrib} <= {each.name for each in inside.attributes}
    assert all(str(each.name) in element.attrib for each in inside.attributes if each.required)
    if inside.group is None:
        return
    if inside.group.order is Order.SEQUENCE:
        order = [each.name for each in inside.fields()]
        assert [order.index(name) for name in names] == sorted(order.index(name) for name in names)
        for each in inside.fields():
            count = names.count(each.name)
            assert each.occurrence.least <= count or not names
            assert each.occurrence.most is None or count <= each.occurrence.most
    for child in element:
        below = shape.child(found, str(child.tag))
        assert below is not None
        follows(shape, child, below)


@settings(max_examples=150, deadline=None)
@given(samples=st.lists(documents(), min_size=1, max_size=3))
def test_every_sample_follows_the_shape_that_was_inferred_from_it(samples: list[bytes]) -> None:
    shape = infer(samples, "")
    for each in samples:
        follows(shape, etree.fromstring(each), shape.root)
