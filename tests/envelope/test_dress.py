"""Dressed messages against the facts of the protocol, and their signatures against xmlsec."""

import base64
import gzip
import hashlib
import random
import re
import uuid
from datetime import UTC, datetime
from email import message_from_bytes

import pytest
import xmlsec
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from caiso_desktop.envelope.dress import dress
from caiso_desktop.keystore.memory import MemoryIdentity
from caiso_desktop.model.call import Message, Operation
from caiso_desktop.model.error import PayloadError, UsageError
from caiso_desktop.model.identity import Hash
from caiso_desktop.model.service import Kind, Packaging, Variant

NOW = datetime(2017, 10, 1, 23, 50, 5, 123456, tzinfo=UTC)
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
CWS = "{http://www.caiso.com/soa/2006-09-30/CAISOWSHeader.xsd}"
HASH = "{http://www.caiso.com/mrtu/soa/schemas/2005/09/attachmenthash}"
INFOR = "{http://www.caiso.com/soa/2006-06-13/StandardAttachmentInfor.xsd}"
ISO = "{http://www.caiso.com/soa/2006-10-26/ISOAttachment.xsd}"
PAYLOAD = b'<?xml version="1.0"?>\n<r:RequestX xmlns:r="urn:r"><r:a> 1 &amp; 2 </r:a></r:RequestX>\n'


def operation(variant: Variant = Variant.AP, kind: Kind = Kind.RETRIEVE) -> Operation:
    action = "http://www.caiso.com/soa/retrieveX_v1"
    return Operation("retrieveX_v1", variant, kind, action, "{urn:r#}RequestX", "{urn:x}X")


def dressed(
    identity: MemoryIdentity,
    payload: bytes = PAYLOAD,
    *,
    variant: Variant = Variant.AP,
    kind: Kind = Kind.RETRIEVE,
    hash: Hash = Hash.SHA1,
    packaging: Packaging = Packaging.SWA,
) -> Message:
    return dress(operation(variant, kind), payload, identity, hash=hash, now=NOW, packaging=packaging)


def parts(message: Message) -> list[tuple[dict[str, str], bytes]]:
    """The MIME parts of a message, by the standard library's reader of mail."""
    kind = dict(message.headers)["Content-Type"]
    mail = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + message.body)
    found = []
    for part in mail.get_payload():
        assert not isinstance(part, str)
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found.append((dict(part.items()), content))
    return found


def verify(envelope: bytes, identity: MemoryIdentity) -> list[str]:
    """Verify the signature by xmlsec; the tags of what it covers."""
    root = etree.fromstring(envelope)
    signature = root.find(f".//{DS}Signature")
    assert signature is not None
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(identity.certificate.der, xmlsec.constants.KeyDataFormatCertDer)
    covered = []
    by_id = {found.get(f"{{{WSU}}}Id"): found for found in root.iter() if found.get(f"{{{WSU}}}Id")}
    for reference in signature.iter(f"{DS}Reference"):
        element = by_id[reference.get("URI", "").removeprefix("#")]
        context.register_id(element, "Id", WSU)
        covered.append(str(element.tag))
    context.verify(signature)
    return covered


def test_a_retrieve_is_one_text_xml_envelope(identity: MemoryIdentity) -> None:
    for variant in (Variant.AP, Variant.DOCATTACH):
        message = dressed(identity, variant=variant)
        assert message.headers == (
            ("Content-Type", "text/xml; charset=utf-8"),
            ("SOAPAction", '"http://www.caiso.com/soa/retrieveX_v1"'),
        )
        root = etree.fromstring(message.body)
        assert root.tag == f"{SOAP}Envelope"
        assert [child.tag for child in root] == [f"{SOAP}Header", f"{SOAP}Body"]
        assert [child.tag for child in root[0]] == [f"{WSSE}Security", f"{CWS}CAISOWSHeader"]
        assert [child.tag for child in root[0][0]] == [f"{WSSE}BinarySecurityToken", f"{DS}Signature"]
        assert b'<r:RequestX xmlns:r="urn:r"><r:a> 1 &amp; 2 </r:a></r:RequestX></soapenv:Body>' in message.body
        assert b"mustUnderstand" not in message.body


def test_caisos_header_to_the_byte(identity: MemoryIdentity) -> None:
    message = dressed(identity)
    found = re.search(rb"<cws:CAISOWSHeader.*</cws:CAISOWSHeader>", message.body)
    assert found is not None
    named = re.search(rb'wsu:Id="([^"]+)"', found[0])
    assert named is not None
    assert found[0].decode() == (
        '<cws:CAISOWSHeader xmlns:cws="http://www.caiso.com/soa/2006-09-30/CAISOWSHeader.xsd"'
        ' xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"'
        f' wsu:Id="{named[1].decode()}">'
        "<cws:CAISOUsernameToken>"
        "<cws:Username>CN=Jane Doe &amp; Co x1234,OU=people,O=CAISO,C=US</cws:Username>"
        f"<cws:Nonce>{message.nonce}</cws:Nonce>"
        "<cws:Created>2017-10-01T23:50:05.123Z</cws:Created>"
        "</cws:CAISOUsernameToken>"
        "<cws:CAISOMessageInfo>"
        f"<cws:MessageID>{message.message_id}</cws:MessageID>"
        "<cws:Timestamp><cws:Created>2017-10-01T23:50:05.123Z</cws:Created>"
        "<cws:Expires>2017-10-02T00:05:05.123Z</cws:Expires></cws:Timestamp>"
        "</cws:CAISOMessageInfo></cws:CAISOWSHeader>"
    )
    assert len(base64.b64decode(message.nonce)) == 16


def test_a_nonce_and_a_message_id_are_used_once(identity: MemoryIdentity) -> None:
    messages = [dressed(identity, kind=Kind.SUBMIT) for _ in range(50)]
    assert len({message.nonce for message in messages}) == 50
    assert len({message.message_id for message in messages}) == 50
    for message in messages:
        own = uuid.UUID(message.message_id)
        assert (own.version, own.variant, str(own)) == (4, uuid.RFC_4122, message.message_id)
    ids = [each for message in messages for each in re.findall(rb'wsu:Id="([^"]+)"', message.body)]
    assert len(set(ids)) == 50 * 5


@pytest.mark.parametrize(
    ("hash", "signature", "digest"),
    [
        (Hash.SHA1, "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2000/09/xmldsig#sha1"),
        (
            Hash.SHA256,
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "http://www.w3.org/2001/04/xmlenc#sha256",
        ),
    ],
)
def test_a_retrieve_signs_body_header_and_token(
    identity: MemoryIdentity, hash: Hash, signature: str, digest: str
) -> None:
    body = dressed(identity, hash=hash).body
    covered = verify(body, identity)
    assert covered == [f"{SOAP}Body", f"{CWS}CAISOWSHeader", f"{WSSE}BinarySecurityToken"]
    root = etree.fromstring(body)
    assert [found.get("Algorithm") for found in root.iter(f"{DS}SignatureMethod")] == [signature]
    assert {found.get("Algorithm") for found in root.iter(f"{DS}DigestMethod")} == {digest}
    exclusive = {"http://www.w3.org/2001/10/xml-exc-c14n#"}
    assert {found.get("Algorithm") for found in root.iter(f"{DS}Transform")} == exclusive
    assert {found.get("Algorithm") for found in root.iter(f"{DS}CanonicalizationMethod")} == exclusive
    token = root.find(f".//{WSSE}BinarySecurityToken")
    pointer = root.find(f".//{DS}KeyInfo/{WSSE}SecurityTokenReference/{WSSE}Reference")
    assert token is not None
    assert pointer is not None
    assert pointer.get("URI") == "#" + str(token.get(f"{{{WSU}}}Id"))
    assert base64.b64decode(token.text or "") == identity.certificate.der


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b" 1 &amp; 2 ", b" 1 &amp; 3 "),
        (b"CN=Jane Doe", b"CN=John Doe"),
        (b"#Base64Binary", b"#base64Binary"),
        (b"<sai:id>1<", b"<sai:id>2<"),
        (b"<ath:hashValue>", b"<ath:hashValue> "),
    ],
)
def test_a_change_in_any_signed_part_is_seen(identity: MemoryIdentity, before: bytes, after: bytes) -> None:
    retrieve = before in dressed(identity).body
    envelope = dressed(identity).body if retrieve else parts(dressed(identity, kind=Kind.SUBMIT))[0][1]
    verify(envelope, identity)
    changed = envelope.replace(before, after, 1)
    assert changed != envelope
    with pytest.raises(xmlsec.Error):
        verify(changed, identity)


def test_a_submit_travels_as_a_second_part(identity: MemoryIdentity) -> None:
    message = dressed(identity, kind=Kind.SUBMIT)
    kind = dict(message.headers)["Content-Type"]
    assert kind.startswith('multipart/related; type="text/xml"; start="<')
    (head, envelope), (other, text) = parts(message)
    assert head["Content-Type"] == "text/xml; charset=utf-8"
    assert f'start="{head["Content-ID"]}"' in kind
    assert other["Content-ID"] != head["Content-ID"]
    assert gzip.decompress(base64.b64decode(text, validate=True)) == PAYLOAD
    root = etree.fromstring(envelope)
    assert root.findtext(f".//{HASH}hashValue") == base64.b64encode(hashlib.sha1(text).digest()).decode()
    infor = root.find(f".//{INFOR}Attachment")
    assert infor is not None
    assert [(child.tag, child.text) for child in infor] == [
        (f"{INFOR}id", "1"),
        (f"{INFOR}compressFlag", "yes"),
        (f"{INFOR}compressMethod", "gzip"),
    ]
    assert len(root[1]) == 0
    assert set(verify(envelope, identity)) == {
        f"{SOAP}Body",
        f"{CWS}CAISOWSHeader",
        f"{WSSE}BinarySecurityToken",
        f"{HASH}attachmentHash",
        f"{INFOR}standardAttachmentInfor",
    }


def test_a_submit_by_mtom_points_to_its_part(identity: MemoryIdentity) -> None:
    message = dressed(identity, kind=Kind.SUBMIT, packaging=Packaging.MTOM)
    kind = dict(message.headers)["Content-Type"]
    assert 'type="application/xop+xml"; start-info="text/xml"' in kind
    (head, envelope), (other, text) = parts(message)
    assert head["Content-Type"].startswith("application/xop+xml")
    assert other["Content-Type"] == "application/octet-stream"
    include = etree.fromstring(envelope).find(".//{http://www.w3.org/2004/08/xop/include}Include")
    assert include is not None
    assert f"<{str(include.get('href')).removeprefix('cid:')}>" == other["Content-ID"]
    assert gzip.decompress(base64.b64decode(text)) == PAYLOAD
    verify(envelope, identity)


def test_a_docattach_submit_travels_inside_the_body(identity: MemoryIdentity) -> None:
    message = dressed(identity, kind=Kind.SUBMIT, variant=Variant.DOCATTACH)
    assert dict(message.headers)["Content-Type"] == "text/xml; charset=utf-8"
    root = etree.fromstring(message.body)
    value = root.findtext(f"{SOAP}Body/{ISO}ISOAttachment/{ISO}AttachmentValue")
    assert value is not None
    assert gzip.decompress(base64.b64decode(value, validate=True)) == PAYLOAD
    assert root.find(f".//{HASH}attachmentHash") is None
    assert f"{INFOR}standardAttachmentInfor" in verify(message.body, identity)


def test_a_large_docattach_submit_can_be_signed(identity: MemoryIdentity) -> None:
    noise = random.Random(1).randbytes(8_000_000).hex().encode()
    message = dressed(identity, b"<a>" + noise + b"</a>", kind=Kind.SUBMIT, variant=Variant.DOCATTACH)
    assert len(message.body) > 10_000_000


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_a_payload_in_another_encoding_arrives(identity: MemoryIdentity, encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?><a xmlns="urn:a">é<![CDATA[<ü>]]></a>'
    message = dressed(identity, text.encode(encoding))
    assert '<a xmlns="urn:a">é<![CDATA[<ü>]]></a></soapenv:Body>'.encode() in message.body
    verify(message.body, identity)


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"<a>\n<b></a>", "line 2"),
        (b"", "empty"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "DOCTYPE"),
        (b"<a xmlns='relative'/>", "namespace"),
    ],
)
def test_a_payload_that_cannot_be_sent_is_told(identity: MemoryIdentity, payload: bytes, words: str) -> None:
    with pytest.raises(PayloadError, match=words):
        dressed(identity, payload)


def test_other_variants_do_not_travel_so(identity: MemoryIdentity) -> None:
    with pytest.raises(UsageError):
        dressed(identity, variant=Variant.RPC)


names = st.sampled_from(["a", "b", "soapenv:a", "wsu:b", "p:c"])
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\t\n"), max_size=20)


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> str:
    """An element that may use the envelope's own prefixes for anything."""
    name = draw(names)
    space = ""
    if depth == 0 or draw(st.booleans()):
        uris = st.sampled_from(["urn:x", "urn:y", SOAP.strip("{}"), WSU])
        space = "".join(f' xmlns:{prefix}="{draw(uris)}"' for prefix in ("soapenv", "wsu", "p"))
    inner = "".join(draw(st.lists(_inner(depth), max_size=3)))
    return f"<{name}{space}>{inner}</{name}>"


def _inner(depth: int) -> st.SearchStrategy[str]:
    plain = texts.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    cdata = texts.map(lambda text: f"<![CDATA[{text.replace(']]>', '')}]]>")
    aside = st.just("<!-- c --><?pi x?>&#13;")
    return plain | cdata | aside | elements(depth=depth + 1) if depth < 3 else plain | cdata | aside


@settings(max_examples=60, deadline=None)
@given(elements())
def test_a_payloads_content_survives_dressing(identity: MemoryIdentity, payload: str) -> None:
    message = dressed(identity, payload.encode())
    parser = etree.XMLParser(strip_cdata=False)
    body = etree.fromstring(message.body, parser).find(f"{SOAP}Body")
    assert body is not None
    assert len(body) == 1
    alone = etree.tostring(etree.fromstring(payload.encode(), parser), method="c14n", exclusive=True)
    assert etree.tostring(body[0], method="c14n", exclusive=True) == alone
    assert payload.encode() in message.body
    verify(message.body, identity)
