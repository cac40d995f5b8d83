"""Reading a schema from a folder and from nowhere else."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.contract.grammar import Grammar
from caiso_desktop.contract.sample import sample
from caiso_desktop.contract.schema_folder import SchemaFolder
from caiso_desktop.contract.shape import shape_of
from caiso_desktop.model.error import SchemaError
from caiso_desktop.model.provenance import Ground, Provenance
from caiso_desktop.model.shape import Shape

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'


def write(folder: Path, name: str, body: str, namespace: str = "urn:a", head: str = "") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    target = f'targetNamespace="{namespace}" xmlns="{namespace}"' if namespace else ""
    path.write_text(f'<xs:schema {XS} {target} elementFormDefault="qualified" {head}>{body}</xs:schema>', "utf-8")
    return path


def shape(folder: Path, entry: str, root: str) -> Shape:
    return shape_of(Grammar(folder, entry, root).declaration, Provenance(Ground.IMPORTED))


def child_names(found: Shape) -> list[str]:
    inside = found.inside(found.root)
    return [] if inside is None else [field.local for field in inside.fields()]


def test_includes_and_imports_are_followed_by_relative_paths_written_badly(tmp_path: Path) -> None:
    write(
        tmp_path,
        "wsdl/Main.xsd",
        '<xs:include schemaLocation=" ..\\Common Types\\PARTS.xsd "/>'
        '<xs:import namespace="urn:b" schemaLocation="../other%20place/B.XSD"/>'
        '<xs:element name="Root" type="Part"/>',
    )
    write(
        tmp_path,
        "common types/parts.xsd",
        '<xs:import namespace="urn:b"/><xs:complexType name="Part"><xs:sequence>'
        '<xs:element name="own" type="xs:string"/><xs:element xmlns:b="urn:b" ref="b:foreign"/>'
        "</xs:sequence></xs:complexType>",
    )
    write(tmp_path, "other place/b.xsd", '<xs:element name="foreign" type="xs:int"/>', "urn:b")
    assert child_names(shape(tmp_path, "wsdl/Main.xsd", "{urn:a}Root")) == ["own", "foreign"]
    assert Grammar(tmp_path, "wsdl/main.xsd", "{urn:a}Root").checker is not None


def test_a_schema_without_a_namespace_takes_that_of_the_one_that_includes_it(tmp_path: Path) -> None:
    write(tmp_path, "a.xsd", '<xs:include schemaLocation="plain.xsd"/><xs:element name="Root" type="Plain"/>')
    write(
        tmp_path,
        "plain.xsd",
        '<xs:complexType name="Plain"><xs:sequence><xs:element name="x" type="Text"/></xs:sequence></xs:complexType>'
        '<xs:simpleType name="Text"><xs:restriction base="xs:string"/></xs:simpleType>',
        namespace="",
    )
    found = shape(tmp_path, "a.xsd", "{urn:a}Root")
    inside = found.inside(found.root)
    assert inside is not None
    assert [field.name for field in inside.fields()] == ["{urn:a}x"]
    assert Grammar(tmp_path, "a.xsd", "{urn:a}Root").checker is not None


def test_schemas_that_name_each_other_end(tmp_path: Path) -> None:
    write(
        tmp_path, "a.xsd", '<xs:include schemaLocation="b.xsd"/><xs:import namespace="urn:c" schemaLocation="c.xsd"/>'
        '<xs:element name="Root" type="T"/>',
    )  # fmt: skip
    write(
        tmp_path, "b.xsd", '<xs:include schemaLocation="a.xsd"/>'
        '<xs:complexType name="T"><xs:sequence><xs:element name="x" type="xs:int"/></xs:sequence></xs:complexType>',
    )  # fmt: skip
    write(tmp_path, "c.xsd", '<xs:import namespace="urn:a" schemaLocation="a.xsd"/>', "urn:c")
    assert child_names(shape(tmp_path, "a.xsd", "{urn:a}Root")) == ["x"]
    assert Grammar(tmp_path, "a.xsd", "{urn:a}Root").checker is not None


@pytest.mark.parametrize(
    "location",
    ["../outside.xsd", "http://127.0.0.1:9/outside.xsd", "file:///etc/passwd", "/etc/passwd", "link.xsd", "C:\\x.xsd"],
)
def test_nothing_outside_of_the_folder_is_read(tmp_path: Path, location: str) -> None:
    inner = tmp_path / "inner"
    write(inner, "a.xsd", f'<xs:include schemaLocation="{location}"/><xs:element name="Root" type="xs:string"/>')
    outside = write(tmp_path, "outside.xsd", "")
    (inner / "link.xsd").symlink_to(outside)
    with pytest.raises(SchemaError, match=r"a\.xsd, line 1: it includes"):
        SchemaFolder(inner).documents("a.xsd")


def test_a_link_is_not_found_by_its_namespace_either(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    write(inner, "a.xsd", '<xs:import namespace="urn:b"/><xs:element name="Root" type="xs:string"/>')
    (inner / "b.xsd").symlink_to(write(tmp_path, "outside.xsd", "", "urn:b"))
    assert [document.file.name for document in SchemaFolder(inner).documents("a.xsd")] == ["a.xsd"]


def test_an_import_of_a_missing_address_is_found_by_its_namespace(tmp_path: Path) -> None:
    write(
        tmp_path, "a.xsd", '<xs:import namespace="urn:b" schemaLocation="http://example.invalid/b.xsd"/>'
        '<xs:element name="Root"><xs:complexType><xs:sequence><xs:element xmlns:b="urn:b" ref="b:x"/>'
        "</xs:sequence></xs:complexType></xs:element>",
    )  # fmt: skip
    write(tmp_path, "deep/down/B.XSD", '<xs:element name="x" type="xs:int"/>', "urn:b")
    assert child_names(shape(tmp_path, "a.xsd", "{urn:a}Root")) == ["x"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]><s>&e;</s>', "DOCTYPE"),
        ("<xs:schema", "line 1: it is not well-formed"),
        ("<html/>", "is no XML schema: its root is <html>"),
    ],
)
def test_what_is_no_schema_is_told_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bad.xsd").write_text(text)
    with pytest.raises(SchemaError, match=said) as raised:
        SchemaFolder(tmp_path).documents("bad.xsd")
    assert "bad.xsd" in raised.value.detail


def test_a_missing_type_and_a_missing_root_are_told(tmp_path: Path) -> None:
    write(tmp_path, "a.xsd", '<xs:element name="Root" type="Nowhere"/>')
    with pytest.raises(SchemaError, match="Other"):
        _ = Grammar(tmp_path, "a.xsd", "{urn:a}Other").declaration
    with pytest.raises(SchemaError, match=r"contradicts itself.*Nowhere"):
        _ = Grammar(tmp_path, "a.xsd", "{urn:a}Root").checker


def test_the_types_of_a_wsdl_are_read(tmp_path: Path) -> None:
    (tmp_path / "service.wsdl").write_text(
        f'<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" {XS} xmlns:b="urn:b"><w:types>'
        '<xs:schema targetNamespace="urn:a"><xs:import namespace="urn:b"/><xs:element name="Root" type="b:T"/>'
        '</xs:schema><xs:schema targetNamespace="urn:b"><xs:complexType name="T"><xs:sequence>'
        '<xs:element name="x" type="xs:int"/></xs:sequence></xs:complexType></xs:schema></w:types></w:definitions>'
    )
    assert child_names(shape(tmp_path, "service.wsdl", "{urn:a}Root")) == ["x"]
    assert Grammar(tmp_path, "service.wsdl", "{urn:a}Root").checker is not None


def test_schemas_with_and_without_a_namespace_import_one_another(tmp_path: Path) -> None:
    write(
        tmp_path, "a.xsd", '<xs:import namespace="urn:b" schemaLocation="b.xsd"/><xs:element name="Root">'
        '<xs:complexType><xs:sequence><xs:element xmlns:b="urn:b" ref="b:there"/></xs:sequence></xs:complexType>'
        "</xs:element>",
        namespace="",
    )  # fmt: skip
    write(
        tmp_path, "b.xsd", '<xs:import schemaLocation="plain.xsd"/><xs:element name="there"><xs:complexType>'
        '<xs:sequence><xs:element ref="plain" xmlns=""/></xs:sequence></xs:complexType></xs:element>', "urn:b",
    )  # fmt: skip
    write(tmp_path, "plain.xsd", '<xs:element name="plain" type="xs:int"/>', namespace="")
    grammar = Grammar(tmp_path, "a.xsd", "Root")
    assert child_names(shape(tmp_path, "a.xsd", "Root")) == ["there"]
    good = "<Root><b:there xmlns:b='urn:b'><plain>1</plain></b:there></Root>"
    assert grammar.checker.validate(etree.fromstring(good))
    assert not grammar.checker.validate(etree.fromstring(good.replace(">1<", ">x<")))
    alone = Grammar(tmp_path, "plain.xsd", "plain")
    assert alone.checker.validate(etree.fromstring("<plain>1</plain>"))


def test_one_namespace_imported_from_two_places_is_known_whole(tmp_path: Path) -> None:
    write(
        tmp_path, "a.xsd", '<xs:import namespace="urn:b" schemaLocation="one.xsd"/>'
        '<xs:include schemaLocation="more.xsd"/><xs:element name="Root"><xs:complexType><xs:sequence '
        'xmlns:b="urn:b"><xs:element ref="b:one"/><xs:element ref="more"/></xs:sequence></xs:complexType></xs:element>',
    )  # fmt: skip
    write(
        tmp_path, "more.xsd", '<xs:import namespace="urn:b" schemaLocation="two.xsd"/>'
        '<xs:element name="more" type="b:Two" xmlns:b="urn:b"/>',
    )  # fmt: skip
    write(tmp_path, "one.xsd", '<xs:element name="one" type="xs:int"/>', "urn:b")
    write(tmp_path, "two.xsd", '<xs:simpleType name="Two"><xs:restriction base="xs:int"/></xs:simpleType>', "urn:b")
    checker = Grammar(tmp_path, "a.xsd", "{urn:a}Root").checker
    text = "<Root xmlns='urn:a'><b:one xmlns:b='urn:b'>1</b:one><more>2</more></Root>"
    assert checker.validate(etree.fromstring(text))
    assert not checker.validate(etree.fromstring(text.replace(">2<", ">x<")))
    assert child_names(shape(tmp_path, "a.xsd", "{urn:a}Root")) == ["one", "more"]


def test_names_are_read_where_they_stand_and_xml_lang_is_known(tmp_path: Path) -> None:
    write(
        tmp_path, "a.xsd", '<xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/>'
        '<xs:import schemaLocation="plain.xsd"/><xs:import namespace="urn:b" schemaLocation="b.xsd"/>'
        '<xs:element name="Root"><xs:complexType><xs:sequence><xs:element ref="plain" xmlns=""/>'
        '<xs:element ref="p:one" xmlns:p="urn:b"/><xs:element ref="p:two" xmlns:p="urn:a"/></xs:sequence>'
        '<xs:attribute ref="xml:lang" use="required"/></xs:complexType></xs:element>'
        '<xs:element name="two" type="xs:int"/>',
    )  # fmt: skip
    write(tmp_path, "plain.xsd", '<xs:element name="plain" type="xs:int"/>', namespace="")
    write(tmp_path, "b.xsd", '<xs:element name="one" type="xs:int"/>', "urn:b")
    grammar = Grammar(tmp_path, "a.xsd", "{urn:a}Root")
    found = shape_of(grammar.declaration, Provenance(Ground.IMPORTED))
    inside = found.inside(found.root)
    assert inside is not None
    assert [field.name for field in inside.fields()] == ["plain", "{urn:b}one", "{urn:a}two"]
    assert all(field.value is not None and field.value.base == "int" for field in inside.fields())
    for full in (False, True):
        text = sample(found, date(2026, 3, 8), datetime(2026, 3, 7, tzinfo=UTC), full=full)
        grammar.checker.assertValid(etree.fromstring(text.encode()))
