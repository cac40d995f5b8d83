"""Samples of any schema are valid, as libxml2 judges."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from caiso_desktop.contract.grammar import Grammar
from caiso_desktop.contract.sample import sample
from caiso_desktop.contract.shape import shape_of
from caiso_desktop.model.provenance import Ground, Provenance

NESTED = re.compile(r'<xs:(sequence|choice) minOccurs="0" maxOccurs="(unbounded|2)">.*<xs:(sequence|choice) minOccurs')
DAY = date(2026, 3, 8)
NOW = datetime(2026, 3, 7, 18, 30, tzinfo=UTC)


def samples(body: str, form: str = "qualified", attribute_form: str = "unqualified") -> tuple[str, str]:
    """The least and the full sample of a schema with an element Root; both are valid."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "a.xsd").write_text(
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:a#" targetNamespace="urn:a#" '
            f'elementFormDefault="{form}" attributeFormDefault="{attribute_form}">{body}</xs:schema>',
            "utf-8",
        )
        grammar = Grammar(Path(folder), "a.xsd", "{urn:a#}Root")
        shape = shape_of(grammar.declaration, Provenance(Ground.IMPORTED))
        written = [sample(shape, DAY, NOW, full=full) for full in (False, True)]
        for text in written:
            document = etree.fromstring(text.encode())
            if not grammar.checker.validate(document):
                # libxml2 errs where groups that may be empty repeat inside each other; xmlschema does not.
                assert NESTED.search(body), f"{grammar.checker.error_log}\n{text}\n{body}"
                grammar.declaration.schema.validate(text)
    return written[0], written[1]


def sequence(inner: str) -> str:
    return f'<xs:element name="Root"><xs:complexType><xs:sequence>{inner}</xs:sequence></xs:complexType></xs:element>'


def test_the_least_has_no_optional_elements_and_the_full_one_has_all() -> None:
    least, full = samples(
        sequence(
            '<xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:int" minOccurs="0"/>'
            '<xs:element name="c" type="xs:int" minOccurs="2" maxOccurs="9"/>'
        )
    )
    assert "<b>" not in least
    assert least.count("<c>") == full.count("<c>") == 2
    assert "<b>0</b>" in full


def test_times_speak_of_the_trade_date_also_on_the_short_day() -> None:
    least, _ = samples(
        sequence(
            '<xs:element name="dateTimeStart" type="xs:dateTime"/><xs:element name="dateTimeEnd" type="xs:dateTime"/>'
            '<xs:element name="tradeDate" type="xs:date"/><xs:element name="intervalEndTime" type="xs:dateTime"/>'
        )
    )
    assert "<dateTimeStart>2026-03-08T08:00:00Z<" in least
    assert "<dateTimeEnd>2026-03-09T07:00:00Z<" in least  # 23 hours
    assert "<tradeDate>2026-03-08<" in least
    assert "<intervalEndTime>2026-03-08T09:00:00Z<" in least
    assert "<!-- Trade date 2026-03-08 Pacific, in GMT. -->" in least


def test_the_header_is_there_although_it_is_optional() -> None:
    least, _ = samples(
        sequence(
            '<xs:element name="MessageHeader" minOccurs="0"><xs:complexType><xs:sequence>'
            '<xs:element name="TimeDate" type="xs:dateTime"/><xs:element name="Source" type="xs:string"/>'
            '<xs:element name="Version" type="xs:string"><xs:annotation><xs:documentation>Use v20160501.'
            "</xs:documentation></xs:annotation></xs:element></xs:sequence></xs:complexType></xs:element>"
            '<xs:element name="MessagePayload" type="xs:string"/>'
        )
    )
    assert "<TimeDate>2026-03-07T18:30:00Z</TimeDate>" in least
    assert "<Source>CAISO Desktop</Source>" in least
    assert "<Version>v20160501</Version>" in least


def test_recursion_ends() -> None:
    least, full = samples(
        '<xs:element name="Root" type="N"/><xs:complexType name="N"><xs:sequence>'
        '<xs:choice><xs:element name="deeper" type="N"/><xs:element name="leaf" type="xs:int"/></xs:choice>'
        '<xs:element name="more" type="N" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>'
    )
    assert "<leaf>" in least
    assert "<deeper>" not in least
    assert len(full) < 2_000


def test_abstract_elements_and_types_are_stood_in_for() -> None:
    least, full = samples(
        sequence('<xs:element ref="Bid"/><xs:element name="t" type="T" minOccurs="0"/>')
        + '<xs:element name="Bid" abstract="true" type="xs:string"/>'
        '<xs:element name="LoadBid" substitutionGroup="Bid" type="xs:string"/>'
        '<xs:complexType name="T" abstract="true"><xs:sequence/></xs:complexType>'
        '<xs:complexType name="U"><xs:complexContent><xs:extension base="T"><xs:sequence>'
        '<xs:element name="x" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>'
    )
    assert "LoadBid" in least
    assert 'xsi:type="U"' in full


def test_unqualified_elements_and_qualified_attributes() -> None:
    body = (
        '<xs:element name="Root"><xs:complexType><xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence>'
        '<xs:attribute name="n" type="xs:int" use="required"/></xs:complexType></xs:element>'
    )
    samples(body, "unqualified")
    samples(body, "qualified", "qualified")


def test_values_meet_patterns_with_lengths_and_what_cannot_be_met_is_no_error() -> None:
    least, _ = samples(
        sequence(
            '<xs:element name="a"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{1,4}\\d*"/>'
            '<xs:minLength value="7"/><xs:maxLength value="7"/></xs:restriction></xs:simpleType></xs:element>'
        )
    )
    assert "<a>" in least
    with pytest.raises(AssertionError):
        samples(
            sequence(
                '<xs:element name="a"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="A"/>'
                '<xs:length value="7"/></xs:restriction></xs:simpleType></xs:element>'
            )
        )


WORDS = """
    string token normalizedString decimal int long short byte unsignedByte nonNegativeInteger positiveInteger
    negativeInteger double float boolean dateTime date time duration gYear gYearMonth gMonthDay anyURI language
    NMTOKEN Name NCName QName hexBinary base64Binary ID anySimpleType
"""
BASES = st.sampled_from(WORDS.split())
PLAIN_BASES = BASES.filter(lambda base: base not in ("ID", "anySimpleType"))
ENDS = st.sampled_from([("Inclusive", "Inclusive"), ("Exclusive", "Exclusive"), ("Exclusive", "Inclusive")])
COUNTED = st.sampled_from(["string", "token", "hexBinary", "base64Binary", "NMTOKEN"])
PATTERNS = st.sampled_from(["[A-Z]+", r"\d{3}", "(EN|SR)?X", r"\w{2,5}", "[^a]*", r"v\d{8}", r"\i\c{0,3}"])


@st.composite
def simple_types(draw: st.DrawFn) -> str:
    kind = draw(st.integers(0, 7))
    if kind == 0:
        return restricted("string", f'<xs:pattern value="{draw(PATTERNS)}"/>')
    if kind == 1:
        least = draw(st.integers(0, 12))
        facets = f'<xs:minLength value="{least}"/><xs:maxLength value="{least + draw(st.integers(0, 4))}"/>'
        return restricted(draw(COUNTED) if least else "string", facets)
    if kind == 2:
        values = draw(st.lists(st.from_regex(r"[A-Z][a-z0-9]{0,5}", fullmatch=True), min_size=1, unique=True))
        return restricted("string", "".join(f'<xs:enumeration value="{each}"/>' for each in values))
    if kind == 3:
        low, span = draw(st.integers(-500, 500)), draw(st.integers(2, 50))
        ends = draw(
            st.sampled_from([("Inclusive", "Inclusive"), ("Exclusive", "Exclusive"), ("Exclusive", "Inclusive")])
        )
        digits = f'<xs:fractionDigits value="{draw(st.integers(0, 3))}"/>'
        return restricted("decimal", f'<xs:min{ends[0]} value="{low}"/><xs:max{ends[1]} value="{low + span}"/>{digits}')
    if kind == 4:
        inner = draw(PLAIN_BASES)
        return f'<xs:simpleType><xs:list itemType="xs:{inner}"/></xs:simpleType>'
    if kind == 5:
        return f'<xs:simpleType><xs:union memberTypes="xs:{draw(PLAIN_BASES)} xs:int"/></xs:simpleType>'
    return draw(BASES)


def restricted(base: str, facets: str) -> str:
    return f'<xs:simpleType><xs:restriction base="xs:{base}">{facets}</xs:restriction></xs:simpleType>'


class Names:
    """Names that never repeat, so that no content model is ambiguous."""

    def __init__(self) -> None:
        self.count = 0

    def new(self) -> str:
        self.count += 1
        return f"e{self.count}"


def occurrence(draw: st.DrawFn) -> str:
    least = draw(st.integers(0, 2))
    most = draw(st.sampled_from(["unbounded", str(max(least, 1)), str(least + 2)]))
    return f'minOccurs="{least}" maxOccurs="{most}"'


def typed(kind: str, opening: str) -> str:
    return f"{opening}>{kind}</xs:element>" if kind.startswith("<") else f'{opening} type="xs:{kind}"/>'


def particle(draw: st.DrawFn, names: Names, depth: int) -> str:
    shape = draw(st.integers(0, 9))
    if depth > 3 or shape < 5:
        nillable = ' nillable="true"' if draw(st.booleans()) else ""
        return typed(draw(simple_types()), f'<xs:element name="{names.new()}" {occurrence(draw)}{nillable}')
    inner = "".join(particle(draw, names, depth + 1) for _ in range(draw(st.integers(1, 3))))
    if shape < 7:
        group = draw(st.sampled_from(["sequence", "choice"]))
        return f"<xs:{group} {occurrence(draw)}>{inner}</xs:{group}>"
    if shape == 9:
        return f'<xs:element name="{names.new()}" type="Again" minOccurs="0" maxOccurs="unbounded"/>'
    attribute = f'<xs:attribute name="n" type="xs:{draw(PLAIN_BASES)}" use="required"/>'
    mixed = ' mixed="true"' if draw(st.booleans()) else ""
    return (
        f'<xs:element name="{names.new()}" {occurrence(draw)}><xs:complexType{mixed}><xs:sequence>{inner}</xs:sequence>'
        f"{attribute}</xs:complexType></xs:element>"
    )


@st.composite
def schemas(draw: st.DrawFn) -> str:
    names = Names()
    inner = "".join(particle(draw, names, 0) for _ in range(draw(st.integers(1, 4))))
    return (
        f'{sequence(inner)}<xs:complexType name="Again"><xs:sequence><xs:element name="again" type="Again" '
        f'minOccurs="0"/>{typed(draw(simple_types()), "<xs:element name=" + chr(34) + "z" + chr(34))}'
        f"</xs:sequence></xs:complexType>"
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(body=schemas(), form=st.sampled_from(["qualified", "unqualified"]))
def test_samples_of_any_schema_are_valid(body: str, form: str) -> None:
    samples(body, form)
