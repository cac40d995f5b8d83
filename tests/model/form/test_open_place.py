"""Types that stand for a field's own, and places where any element may stand: by a real schema, validly."""

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.contract.grammar import Grammar
from caiso_desktop.contract.outline import outline
from caiso_desktop.contract.shape import shape_of
from caiso_desktop.model.call import Problem
from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.form.addition import OpenPlace
from caiso_desktop.model.form.fragment import Fragment, read_fragment
from caiso_desktop.model.form.hint import doubt, hint
from caiso_desktop.model.form.row import Kind
from caiso_desktop.model.provenance import Ground, Provenance
from tests.model.form.test_row import Form

UNITS = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:units" targetNamespace="urn:units"
 xmlns:m="urn:more" elementFormDefault="qualified"><xs:import namespace="urn:more" schemaLocation="more.xsd"/>
<xs:element name="Set"><xs:complexType><xs:sequence><xs:element name="unit" type="Unit" maxOccurs="unbounded"/>
<xs:element name="plant" type="m:Plant"/>
<xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="2"/>
<xs:element name="note" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
<xs:complexType name="Unit"><xs:sequence><xs:element name="id" type="xs:string"/></xs:sequence></xs:complexType>
<xs:complexType name="Storage"><xs:complexContent><xs:extension base="Unit"><xs:sequence>
<xs:element name="charge" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
</xs:schema>"""
MORE = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:more" targetNamespace="urn:more"
 elementFormDefault="qualified"><xs:complexType name="Plant" abstract="true"><xs:sequence/></xs:complexType>
<xs:complexType name="Wind"><xs:complexContent><xs:extension base="Plant"><xs:sequence>
<xs:element name="hub" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
<xs:element name="Tag"><xs:complexType><xs:sequence><xs:element name="key" type="xs:string"/></xs:sequence>
</xs:complexType></xs:element></xs:schema>"""
TEXT = """<Set xmlns="urn:units">\r
  <unit>\r
    <!-- of ours --><id>A</id>\r
  </unit>\r
  <plant/>\r
</Set>\r
"""


@pytest.fixture
def form(tmp_path: Path) -> Form:
    (tmp_path / "a.xsd").write_text(UNITS)
    (tmp_path / "more.xsd").write_text(MORE)
    form = Form(TEXT)
    grammar = Grammar(tmp_path, "a.xsd", "{urn:units}Set")
    form.shape = shape_of(grammar.declaration, Provenance(Ground.IMPORTED, "a.xsd"))
    return form


@pytest.fixture
def checker(tmp_path: Path, form: Form) -> etree.XMLSchema:
    return Grammar(tmp_path, "a.xsd", "{urn:units}Set").checker


def place_of(form: Form) -> OpenPlace:
    place = form.deeds.open_place(form.rows.root())
    assert place is not None
    return place


def test_a_derived_type_is_named_and_not_named_any_more(form: Form) -> None:
    row = form.row("unit", "Type")
    assert (row.kind, row.text, row.options) == (Kind.TYPE, "Unit (as declared)", ("Unit (as declared)", "Storage"))
    assert not row.required
    assert hint(row) == "which of the types that may stand here"
    form.do(form.deeds.choose(row, 1))
    told = '<unit xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Storage">'
    assert form.text == TEXT.replace("<unit>", told)
    assert form.row("unit", "Type").text == "Storage"
    assert [(each.label, each.missing) for each in form.children("unit")] == [
        ("id", False),
        ("charge", True),
        ("Type", False),
    ]
    form.do(form.deeds.give(form.row("unit", "charge"), "5"))
    assert "<charge>5</charge>" in form.text
    form.do(form.deeds.choose(form.row("unit", "Type"), 0))
    assert "xsi:type" not in form.text
    charge = form.row("unit", "charge")
    assert charge.unknown
    assert charge.text == "5", "what the other type does not have is shown, and stays"


def test_an_abstract_type_needs_one_and_what_must_be_in_it_comes_along(form: Form, checker: etree.XMLSchema) -> None:
    row = form.row("plant", "Type")
    assert row.required
    assert row.missing
    assert doubt(row) == "Choose one."
    form.do(form.deeds.choose(row, 0))
    assert '<plant xmlns:ns1="urn:more" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="ns1:Wind">' in (
        form.text
    )
    form.do(form.deeds.give(form.row("plant", "hub"), "80"))
    assert "<ns1:hub>80</ns1:hub>" in form.text
    assert checker.validate(etree.fromstring(form.text.encode())), checker.error_log
    before, after = TEXT.split("<plant/>")
    assert form.text.startswith(before)
    assert form.text.endswith(after)


def test_a_type_that_nobody_knows_is_told(form: Form) -> None:
    named = '<unit xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="Boat">'
    other = Form(TEXT.replace("<unit>", named))
    other.shape = form.shape
    row = other.row("unit", "Type")
    assert (row.text, doubt(row)) == ("Boat", "Boat is not a type that may stand here.")
    other.do(other.deeds.choose(row, 1))
    assert other.text == TEXT.replace("<unit>", named.replace("Boat", "Storage"))


def test_known_elements_are_offered_where_any_may_stand(form: Form) -> None:
    added = {each.label: each for each in form.deeds.addables(form.rows.root())}
    assert added["Tag"].wild
    assert not added["note"].wild
    form.do(added["note"].splices)
    form.do(next(each for each in form.deeds.addables(form.rows.root()) if each.wild).splices)
    tail = '  <Tag xmlns="urn:more">\r\n    <key></key>\r\n  </Tag>\r\n  <note></note>\r\n</Set>\r\n'
    assert form.text == TEXT.replace("</Set>\r\n", tail)
    tag = form.row("Tag")
    assert not tag.unknown
    assert tag.field is not None, "what stands there is known by the schema"
    assert form.row("Tag", "key").required


def test_what_a_person_writes_is_put_there_as_it_is(form: Form) -> None:
    place = place_of(form)
    found = read_fragment('<x:own xmlns:x="urn:x">\n  <a>\u00a01</a>\n</x:own>\n<y xmlns=""/>', place, outline)
    assert isinstance(found, Fragment)
    assert found.names == ("{urn:x}own", "y")
    assert found.doubt(place) == "The schema lets no element without a namespace stand here, as y is."
    form.do((place.add(found.elements),))
    own = '  <x:own xmlns:x="urn:x">\r\n  <a>\u00a01</a>\r\n</x:own>\r\n  <y xmlns=""/>\r\n'
    assert form.text == TEXT.replace("</Set>", f"{own}</Set>")
    assert form.deeds.open_place(form.rows.root()) is None, "two at most may stand there"
    form.do(next(each for each in form.deeds.addables(form.rows.root()) if each.label == "note").splices)
    assert form.text.endswith('<y xmlns=""/>\r\n  <note></note>\r\n</Set>\r\n')


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("words", 1, 1),
        ("<a/> words <b/>", 1, 1),
        ("<a>\n  <b></a>", 2, 8),
        ("<p:a/>", 1, 1),
        ("<a", 1, 3),
        ("</Set><Set>", 1, 7),
        ("<!DOCTYPE a><a/>", 1, 3),
    ],
)
def test_what_is_no_element_is_told_by_its_place(form: Form, text: str, line: int, column: int) -> None:
    found = read_fragment(text, place_of(form), outline)
    assert isinstance(found, Problem), found
    assert found.sentence
    assert found.line == line
    assert abs(found.column - column) <= 6


def test_what_the_encoding_of_the_payload_cannot_write_is_refused(form: Form) -> None:
    form.whole = replace(form.whole, draft=replace(form.whole.draft, encoding="latin-1"))
    with pytest.raises(EditRefused, match="cannot be written in the payload's encoding"):
        form.whole.spliced(place_of(form).add(("<a>€</a>",)))
