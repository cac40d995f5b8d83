"""What differs between two versions of a schema."""

from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.bundled import BundledSchemas
from caiso_desktop.contract.grammar import Grammar
from caiso_desktop.contract.payload import RulePayloads
from caiso_desktop.contract.shape import shape_of
from caiso_desktop.contract.version_difference import differences
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.provenance import Ground, Provenance
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.shape import Shape
from caiso_desktop.model.version_difference import Change

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
OLD = """<xs:element name="Root"><xs:complexType><xs:sequence>
<xs:element name="a" type="xs:int"/><xs:element name="b" type="Product"/><xs:element name="c" type="xs:string"/>
<xs:element name="gone" type="xs:string"/><xs:element name="deep" type="Deep" minOccurs="0"/></xs:sequence>
<xs:attribute name="n" type="xs:int"/></xs:complexType></xs:element>
<xs:simpleType name="Product"><xs:restriction base="xs:string"><xs:enumeration value="EN"/></xs:restriction>
</xs:simpleType><xs:complexType name="Deep"><xs:sequence><xs:element name="x" type="xs:int"/>
<xs:element name="deep" type="Deep" minOccurs="0"/></xs:sequence></xs:complexType>"""


def shape(folder: Path, body: str, version: str) -> Shape:
    folder.mkdir(exist_ok=True)
    (folder / "a.xsd").write_text(
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:a_{version}" '
        f'targetNamespace="urn:a_{version}" elementFormDefault="qualified">{body}</xs:schema>'
    )
    return shape_of(Grammar(folder, "a.xsd", f"{{urn:a_{version}}}Root").declaration, Provenance(Ground.IMPORTED))


def compared(tmp_path: Path, *changes: tuple[str, str]) -> list[str]:
    new = OLD
    for before, after in changes:
        assert before in new
        new = new.replace(before, after)
    one, other = shape(tmp_path / "one", OLD, "v1"), shape(tmp_path / "two", new, "v2")
    return [str(each) for each in differences({"request": one}, {"request": other})]


def test_another_namespace_alone_is_no_difference(tmp_path: Path) -> None:
    assert compared(tmp_path) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            '<xs:element name="gone" type="xs:string"/>', "",
            "removed in the request: Root / gone (text)",
        ),
        (
            '<xs:element name="gone"', '<xs:element name="new" type="xs:date" minOccurs="0"/><xs:element name="gone"',
            "added in the request: Root / new (date, optional)",
        ),
        (
            '<xs:element name="a" type="xs:int"/>', '<xs:element name="a" type="xs:decimal"/>',
            "retyped in the request: Root / a: whole number → number",
        ),
        (
            '<xs:enumeration value="EN"/>', '<xs:enumeration value="EN"/><xs:enumeration value="SR"/>',
            "retyped in the request: Root / b: one of EN → one of EN, SR",
        ),
        (
            '<xs:element name="c" type="xs:string"/>', '<xs:element name="c" type="xs:string" minOccurs="0"/>',
            "now optional in the request: Root / c: 1 → 0 to 1",
        ),
        (
            'type="Deep" minOccurs="0"/></xs:sequence>\n<xs:attr', 'type="Deep"/></xs:sequence>\n<xs:attr',
            "now required in the request: Root / deep: 0 to 1 → 1",
        ),
        (
            '<xs:element name="c" type="xs:string"/>', '<xs:element name="c" type="xs:string" maxOccurs="unbounded"/>',
            "repeats otherwise in the request: Root / c: 1 → 1 or more",
        ),
        (
            'name="n" type="xs:int"', 'name="n" type="xs:string" use="required"',
            "now required in the request: Root / @n",
        ),
        (
            '<xs:element name="x" type="xs:int"/>', '<xs:element name="x" type="xs:boolean"/>',
            "retyped in the request: Root / deep / x: whole number → true or false",
        ),
    ],
)  # fmt: skip
def test_each_change_is_told_once_with_its_place(tmp_path: Path, before: str, after: str, said: str) -> None:
    found = compared(tmp_path, (before, after))
    assert said in found
    assert len([each for each in found if said.split(":")[1] in each]) == len(found)


def test_another_order_is_told(tmp_path: Path) -> None:
    a, c = '<xs:element name="a" type="xs:int"/>', '<xs:element name="c" type="xs:string"/>'
    (found,) = compared(tmp_path, (a, "%"), (c, a), ("%", c))
    assert found == "order changed in the request: Root: a, b, c, gone, deep → c, b, a, gone, deep"


def test_ads_v7_differs_from_v6_by_what_its_change_log_says() -> None:
    payloads = RulePayloads(load(RESOURCES / "catalogue"), schemas=BundledSchemas(RESOURCES / "contracts", "simulator"))
    v6, v7 = (Target("ads", "APIWebService", version, Variant.RPC) for version in ("v6", "v7"))
    found = payloads.compare_versions(v6, v7, "production")
    # Each document is compared by itself, so what both batches and responses hold is told for each.
    assert {each.place.rpartition(" / ")[2] for each in found.differences if " / " in each.place} == {
        "baseSchedule", "registeredIntertieFlag",
    }  # fmt: skip
    assert {each.document for each in found.differences if " / " not in each.place} == {
        "request of getBatchHeader", "answer of getBatchHeader",
    }  # fmt: skip
    assert {each.change for each in found.differences} == {Change.ADDED}
    assert "added" in found.summary
    assert found.unknown == ""


def test_without_a_schema_there_is_nothing_to_compare() -> None:
    payloads = RulePayloads(load(RESOURCES / "catalogue"), schemas=BundledSchemas(RESOURCES / "contracts", "simulator"))
    v3, v4 = (Target("sibr", "SubmitRawBidSet", version, Variant.AP) for version in ("v3", "v4"))
    with pytest.raises(PayloadError, match="no schema of SubmitRawBidSet v3 is known"):
        payloads.compare_versions(v3, v4, "simulator")
