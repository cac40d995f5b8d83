"""Reading a schema from a folder and from nowhere else."""

from pathlib import Path

import pytest

from caiso_desktop.contract.grammar import Grammar
from caiso_desktop.contract.schema_folder import SchemaFolder
from caiso_desktop.contract.shape import shape_of
from caiso_desktop.model.error import SchemaError
from caiso_desktop.model.shape import Ground, Provenance, Shape

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
