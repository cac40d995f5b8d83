"""The shape that is built from a schema."""

import os
from pathlib import Path

import pytest

from caiso_desktop.contract.grammar import Grammar
from caiso_desktop.contract.known_shape import KnownShapes
from caiso_desktop.contract.reach import reached
from caiso_desktop.contract.schema_folder import SchemaFolder
from caiso_desktop.contract.shape import shape_of
from caiso_desktop.model.provenance import Ground, Provenance
from caiso_desktop.model.reading import Unit
from caiso_desktop.model.schema import KnownDocument, SchemaPlace
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.shape import Contents, Field, Group, Order, Shape, Wildcard, Zone
from caiso_desktop.model.step import Step, path_in_words
from caiso_desktop.model.value import Choice, ValueKind

HEAD = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:a" targetNamespace="urn:a" '
    'elementFormDefault="qualified">'
)
TARGET = Target("sibr", "SubmitRawBidSet", "v4", Variant.AP)


def build(folder: Path, body: str, root: str = "Root") -> Shape:
    (folder / "a.xsd").write_text(f"{HEAD}{body}</xs:schema>")
    return shape_of(Grammar(folder, "a.xsd", f"{{urn:a}}{root}").declaration, Provenance(Ground.IMPORTED, "a.xsd"))


def inside(shape: Shape, *names: str) -> Contents:
    field: Field | None = shape.root
    for name in names:
        assert field is not None
        field = shape.child(field, f"{{urn:a}}{name}")
    assert field is not None
    found = shape.inside(field)
    assert found is not None
    return found


def field(shape: Shape, *names: str) -> Field:
    found = shape.at(tuple(Step(f"{{urn:a}}{name}") for name in ("Root", *names)))
    assert found is not None
    return found


def documented(text: str) -> str:
    return f"<xs:annotation><xs:documentation>{text}</xs:documentation></xs:annotation>"


def test_every_facet_comes_through_a_chain_of_restrictions(tmp_path: Path) -> None:
    shape = build(
        tmp_path,
        f"""<xs:element name="Root"><xs:complexType><xs:sequence>
        <xs:element name="code" type="Short"/><xs:element name="mw" type="Bound"/>
        <xs:element name="product" type="Product"/><xs:element name="list" type="Codes"/>
        <xs:element name="either" type="Either"/></xs:sequence></xs:complexType></xs:element>
        <xs:simpleType name="Code"><xs:restriction base="xs:token"><xs:pattern value="[A-Z]+"/>
        <xs:minLength value="2"/><xs:maxLength value="9"/></xs:restriction></xs:simpleType>
        <xs:simpleType name="Short"><xs:restriction base="Code"><xs:pattern value=".*X"/><xs:pattern value=".*Y"/>
        <xs:maxLength value="4"/></xs:restriction></xs:simpleType>
        <xs:simpleType name="Bound"><xs:restriction base="xs:decimal"><xs:minExclusive value="0"/>
        <xs:maxInclusive value="99.5"/><xs:totalDigits value="6"/><xs:fractionDigits value="2"/></xs:restriction>
        </xs:simpleType>
        <xs:simpleType name="Product">{documented("What is sold")}<xs:restriction base="xs:string">
        <xs:enumeration value="EN">{documented("Energy")}</xs:enumeration><xs:enumeration value="SR"/>
        </xs:restriction></xs:simpleType>
        <xs:simpleType name="Codes"><xs:list itemType="Code"/></xs:simpleType>
        <xs:simpleType name="Either"><xs:union memberTypes="Code xs:int"/></xs:simpleType>""",
    )
    code = field(shape, "code").value
    assert code is not None
    assert (code.base, code.name, code.shortest, code.longest) == ("token", "{urn:a}Short", 2, 4)
    assert code.patterns == ("[A-Z]+", "(.*X)|(.*Y)")
    bound = field(shape, "mw").value
    assert bound is not None
    assert (bound.minimum, bound.above, bound.maximum, bound.below) == ("0", True, "99.5", False)
    assert (bound.total_digits, bound.fraction_digits, bound.kind) == (6, 2, ValueKind.NUMBER)
    product = field(shape, "product")
    assert product.value is not None
    assert product.value.choices == (Choice("EN", "Energy"), Choice("SR"))
    assert (product.value.kind, product.documentation) == (ValueKind.CHOICE, "What is sold")
    listed, either = field(shape, "list").value, field(shape, "either").value
    assert listed is not None
    assert listed.item is not None
    assert listed.item.shortest == 2
    assert either is not None
    assert [member.base for member in either.members] == ["token", "int"]


def test_groups_keep_their_order_and_how_often_they_stand(tmp_path: Path) -> None:
    shape = build(
        tmp_path,
        """<xs:element name="Root"><xs:complexType><xs:sequence maxOccurs="3"><xs:element name="a" type="xs:int"/>
        <xs:choice minOccurs="0"><xs:element name="b" type="xs:int"/><xs:sequence><xs:element name="c" type="xs:int"/>
        <xs:any namespace="##other" minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence>
        </xs:choice><xs:group ref="G"/></xs:sequence><xs:attribute name="n" type="xs:int" use="required"/>
        <xs:attribute name="v" type="xs:string" fixed="1"/></xs:complexType></xs:element>
        <xs:group name="G"><xs:sequence><xs:element name="d" type="xs:string" minOccurs="0" maxOccurs="unbounded"
        nillable="true" default="x"/></xs:sequence></xs:group>""",
    )
    contents = inside(shape)
    assert contents.group is not None
    first, choice, group = contents.group.members
    assert (contents.group.order, contents.group.occurrence.most) == (Order.SEQUENCE, 3)
    assert isinstance(first, Field)
    assert isinstance(choice, Group)
    assert (choice.order, choice.occurrence.least) == (Order.CHOICE, 0)
    inner = choice.members[1]
    assert isinstance(inner, Group)
    assert isinstance(inner.members[1], Wildcard)
    assert (inner.members[1].namespaces, inner.members[1].occurrence.most) == (("##other",), None)
    assert isinstance(group, Group)
    last = field(shape, "d")
    assert (last.nillable, last.default, str(last.occurrence)) == (True, "x", "0 or more")
    assert [(each.name, each.required, each.fixed) for each in contents.attributes] == [
        ("n", True, None),
        ("v", False, "1"),
    ]
    assert [each.local for each in contents.fields()] == ["a", "b", "c", "d"]


def test_a_recursive_schema_has_a_finite_shape(tmp_path: Path) -> None:
    shape = build(
        tmp_path,
        """<xs:element name="Root" type="Node"/><xs:complexType name="Node"><xs:sequence>
        <xs:element name="child" type="Node" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>""",
    )
    assert len(shape.contents) == 1
    assert inside(shape, "child", "child", "child") is inside(shape)


def test_substitutes_and_types_that_stand_for_an_abstract_one(tmp_path: Path) -> None:
    shape = build(
        tmp_path,
        """<xs:element name="Root"><xs:complexType><xs:sequence><xs:element ref="Bid"/>
        <xs:element name="thing" type="Thing"/></xs:sequence></xs:complexType></xs:element>
        <xs:element name="Bid" abstract="true" type="xs:string"/>
        <xs:element name="GeneratorBid" substitutionGroup="Bid" type="xs:string"/>
        <xs:element name="LoadBid" substitutionGroup="Bid" type="xs:string"/>
        <xs:complexType name="Thing" abstract="true"><xs:sequence/></xs:complexType>
        <xs:complexType name="Real"><xs:complexContent><xs:extension base="Thing"><xs:sequence>
        <xs:element name="x" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
        <xs:complexType name="Unused"><xs:sequence/></xs:complexType>""",
    )
    bid, thing = field(shape, "Bid"), field(shape, "thing")
    assert bid.abstract
    assert [each.local for each in bid.substitutes] == ["GeneratorBid", "LoadBid"]
    assert shape.child(shape.root, "{urn:a}LoadBid") is bid.substitutes[1]
    assert thing.variants == ("{urn:a}Real",)
    assert "{urn:a}Unused" not in shape.contents
    assert [each.local for each in shape.contents["{urn:a}Real"].fields()] == ["x"]


def test_types_that_may_stand_for_one_that_is_not_abstract(tmp_path: Path) -> None:
    shape = build(
        tmp_path,
        """<xs:element name="Root"><xs:complexType><xs:sequence><xs:element name="unit" type="Unit"/>
        <xs:element name="fixed" type="Unit" block="extension"/><xs:element name="rest" type="xs:anyType"/>
        <xs:element name="price" type="Price"/></xs:sequence></xs:complexType></xs:element>
        <xs:complexType name="Unit"><xs:sequence><xs:element name="id" type="xs:string"/></xs:sequence></xs:complexType>
        <xs:complexType name="Storage"><xs:complexContent><xs:extension base="Unit"><xs:sequence>
        <xs:element name="charge" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
        <xs:complexType name="Hybrid"><xs:complexContent><xs:extension base="Storage"><xs:sequence>
        <xs:element name="share" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
        <xs:complexType name="Short"><xs:complexContent><xs:restriction base="Unit"><xs:sequence>
        <xs:element name="id" type="xs:token"/></xs:sequence></xs:restriction></xs:complexContent></xs:complexType>
        <xs:complexType name="Price"><xs:simpleContent><xs:extension base="xs:decimal"/></xs:simpleContent>
        </xs:complexType><xs:complexType name="Quote"><xs:simpleContent><xs:extension base="Price">
        <xs:attribute name="currency" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType>""",
    )
    assert field(shape, "unit").variants == ("{urn:a}Hybrid", "{urn:a}Short", "{urn:a}Storage")
    assert field(shape, "fixed").variants == ("{urn:a}Short",)
    assert field(shape, "rest").variants == ()
    assert field(shape, "price").variants == ("{urn:a}Quote",)
    hybrid = shape.inside(field(shape, "unit"), "{urn:a}Hybrid")
    assert hybrid is not None
    assert [each.local for each in hybrid.fields()] == ["id", "charge", "share"]
    assert field(shape, "unit", "share").local == "share", "a path alone does not tell which type it is"
    assert shape.child(field(shape, "unit"), "{urn:a}share", "{urn:a}Storage") is None


def test_what_may_stand_where_any_element_may(tmp_path: Path) -> None:
    (tmp_path / "b.xsd").write_text(
        f"""{HEAD.replace("urn:a", "urn:b")}<xs:element name="Tag" type="xs:string"/>
        <xs:element name="Hidden" abstract="true" type="xs:string"/></xs:schema>"""
    )
    shape = build(
        tmp_path,
        """<xs:import namespace="urn:b" schemaLocation="b.xsd"/>
        <xs:element name="Root"><xs:complexType><xs:sequence>
        <xs:any minOccurs="0" maxOccurs="2" namespace="##other" processContents="lax"/><xs:element name="own"
        type="Own"/></xs:sequence></xs:complexType></xs:element><xs:complexType name="Own"><xs:sequence>
        <xs:any namespace="##targetNamespace ##local"/></xs:sequence></xs:complexType>""",
    )
    (other,) = inside(shape).wildcards()
    assert [each.name for each in other.candidates] == ["{urn:b}Tag"]
    assert [other.allows(each) for each in ("urn:b", "urn:new", "urn:a", "")] == [True, True, False, False]
    (own,) = inside(shape, "own").wildcards()
    assert [each.name for each in own.candidates] == ["{urn:a}Root"]
    assert [own.allows(each) for each in ("urn:a", "", "urn:b")] == [True, True, False]
    assert shape.child(shape.root, "{urn:b}Tag") is other.candidates[0]


def test_a_text_with_attributes_and_what_is_left_open(tmp_path: Path) -> None:
    shape = build(
        tmp_path,
        """<xs:element name="Root"><xs:complexType><xs:sequence><xs:element name="price"><xs:complexType>
        <xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="currency" type="xs:string"/>
        </xs:extension></xs:simpleContent></xs:complexType></xs:element><xs:element name="rest"/></xs:sequence>
        </xs:complexType></xs:element>""",
    )
    price = field(shape, "price")
    contents = shape.inside(price)
    assert contents is not None
    assert contents.value is not None
    assert (contents.value.base, price.unit) == ("decimal", Unit.PRICE)
    assert inside(shape, "rest").open


@pytest.mark.parametrize(
    ("name", "kind", "words", "unit", "zone"),
    [
        ("quantity", "decimal", "", Unit.POWER, None),
        ("rate", "decimal", "Ramp rate in MW/minute.", Unit.RAMP, None),
        ("bid", "double", "Dollars per MWh", Unit.PRICE, None),
        ("amount", "decimal", "The energy in MWh", Unit.ENERGY, None),
        ("segmentNumber", "int", "", None, None),
        ("minMW", "int", "", Unit.POWER, None),
        ("resourceId", "string", "its capacity in MW", None, None),
        ("dateTimeStart", "dateTime", "First instant, in GMT.", None, Zone.GMT),
        ("tradeDate", "date", "", None, Zone.PACIFIC),
        ("start", "dateTime", "Pacific Prevailing Time", None, Zone.PACIFIC),
        ("start", "dateTime", "", None, None),
    ],
)
def test_units_and_clocks_come_from_words_and_names(
    tmp_path: Path, name: str, kind: str, words: str, unit: Unit | None, zone: Zone | None
) -> None:
    shape = build(
        tmp_path,
        f'<xs:element name="Root"><xs:complexType><xs:sequence><xs:element name="{name}" type="xs:{kind}">'
        f"{documented(words)}</xs:element></xs:sequence></xs:complexType></xs:element>",
    )
    assert (field(shape, name).unit, field(shape, name).zone) == (unit, zone)


def test_only_what_the_root_reaches_is_built(tmp_path: Path) -> None:
    many = "".join(
        f'<xs:complexType name="T{n}"><xs:sequence><xs:element name="x" type="xs:int"/></xs:sequence></xs:complexType>'
        for n in range(50)
    )
    build(tmp_path, f'{many}<xs:element name="Root" type="T7"/><xs:element name="Other" type="T8"/>')
    (text,) = reached(SchemaFolder(tmp_path).documents("a.xsd"), "{urn:a}Root")
    assert text.count("complexType name") == 1
    assert 'name="T7"' in text


def test_known_shapes_are_built_once_and_again_when_the_file_changes(tmp_path: Path) -> None:
    build(tmp_path, '<xs:element name="Root" type="xs:string"/>')
    place = SchemaPlace(tmp_path, "a.xsd", "{urn:a}Root", Provenance(Ground.IMPORTED, "a package"))

    class One:
        def place(self, target: Target, environment: str) -> SchemaPlace | None:
            return place if target == TARGET else None

        def documents(self, target: Target, environment: str) -> list[KnownDocument]:
            return []

    known = KnownShapes(One())
    first = known.shape(TARGET, "map-stage")
    assert first is not None
    assert first.provenance.source == "a package"
    assert known.shape(TARGET, "production") is first
    assert known.shape(Target("sibr", "Other", "v1", Variant.AP), "map-stage") is None
    build(tmp_path, '<xs:element name="Root" type="xs:int"/>')
    stat = (tmp_path / "a.xsd").stat()

    os.utime(tmp_path / "a.xsd", (stat.st_atime, stat.st_mtime + 2))
    second = known.shape(TARGET, "map-stage")
    assert second is not None
    assert second.root.value is not None
    assert second.root.value.base == "int"


def test_a_path_in_words() -> None:
    path = (Step("{urn:a}Set"), Step("{urn:a}Bid", 2), Step("{urn:a}mw"))
    assert path_in_words(path) == "Set / Bid[3] / mw"


def test_what_a_shape_rests_on() -> None:
    assert not Provenance(Ground.SAMPLE).checked
    assert Provenance(Ground.SIMULATOR).simulator_only
    assert str(Provenance(Ground.IMPORTED, "SIBR.zip")) == "CAISO's schema, imported (SIBR.zip)"
