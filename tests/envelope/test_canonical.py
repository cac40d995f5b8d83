"""The canonical form of what a Body holds, against that of an element which stands in a whole envelope."""

import pytest
from hypothesis import given, settings
from lxml import etree

from caiso_desktop.contract.document import REMEMBERED, Document, read
from caiso_desktop.envelope.canonical import BODY_END, body_start, canonical
from caiso_desktop.model.error import PayloadError
from tests.envelope.documents import SOAP, WSU, documents

PARSER = etree.XMLParser(strip_cdata=False, huge_tree=True)


def element_of(payload: bytes) -> bytes:
    document = read(payload)
    assert isinstance(document, Document)
    return document.element


def in_an_envelope(element: bytes) -> bytes:
    """The Body's canonical form, read in an envelope that has other namespaces beside."""
    head = f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Header><x:h xmlns:x="urn:x"/></soapenv:Header>'
    opening = f'{head}<soapenv:Body xmlns:wsu="{WSU}" wsu:Id="i">'
    root = etree.fromstring(opening.encode() + element + b"</soapenv:Body></soapenv:Envelope>", PARSER)
    return etree.tostring(root[1], method="c14n", exclusive=True, with_comments=False)


@settings(max_examples=300, deadline=None)
@given(documents())
def test_it_is_what_a_whole_envelope_gives(payload: str) -> None:
    element = element_of(payload.encode())
    assert body_start("i") + canonical(element) + BODY_END == in_an_envelope(element)


@pytest.mark.parametrize(
    ("written", "form"),
    [
        (f'<soapenv:a xmlns:soapenv="{SOAP}"/>', "<soapenv:a></soapenv:a>"),
        ('<soapenv:a xmlns:soapenv="urn:x"/>', '<soapenv:a xmlns:soapenv="urn:x"></soapenv:a>'),
        ('<a xmlns:wsu="urn:x"><wsu:b/></a>', '<a><wsu:b xmlns:wsu="urn:x"></wsu:b></a>'),
        (f'<a xmlns="{WSU}"/>', f'<a xmlns="{WSU}"></a>'),
        ('<a xmlns="urn:x"><b xmlns=""/></a>', '<a xmlns="urn:x"><b xmlns=""></b></a>'),
        ("<a\r\n z='1'\ty=\"2\"\r>\r\n<!-- c -->&#13;<![CDATA[<&]]></a >", '<a y="2" z="1">\n&#xD;&lt;&amp;</a>'),
        ("<a b='\"&#10;\r\n&gt;'>></a>", '<a b="&quot;&#xA; >">&gt;</a>'),
    ],
)
def test_it_is_written_as_the_standard_says(written: str, form: str) -> None:
    assert canonical(written.encode()).decode() == form


def test_a_large_element_has_one_as_well() -> None:
    text = b"x" * REMEMBERED
    assert canonical(b"<a>" + text + b"\r\n</a>") == b"<a>" + text + b"\n</a>"


@pytest.mark.parametrize(
    ("element", "words"),
    [
        (b"<a xmlns='relative'/>", "not an absolute address"),
        (b"<a xmlns:p='http://[bad'/>", r"xmlns:p: 'http://\[bad' is not a valid URI\)"),
        (b"<a>" * 3000 + b"</a>" * 3000, "depth"),
    ],
    ids=["relative", "no address", "deep"],
)
def test_what_has_none_is_told(element: bytes, words: str) -> None:
    assert element_of(element) == element
    with pytest.raises(PayloadError, match=words):
        canonical(element)
