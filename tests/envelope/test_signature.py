"""What is signed, against a plain reader of the finished message: parsed whole by lxml, canonicalised, digested."""

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from caiso_desktop.contract.document import Document, read
from caiso_desktop.envelope.attachment import pack_file
from caiso_desktop.envelope.dress import Prepared, dress, prepare_packed
from caiso_desktop.keystore.memory import MemoryIdentity
from caiso_desktop.model.call import Message, Operation
from caiso_desktop.model.error import IdentityError
from caiso_desktop.model.identity import Hash
from caiso_desktop.model.service import Kind, Packaging, Variant
from tests.envelope.documents import documents, letters

DS = "{http://www.w3.org/2000/09/xmldsig#}"
CWS = "{http://www.caiso.com/soa/2006-09-30/CAISOWSHeader.xsd}"
ID = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}Id"
ALGORITHMS = {Hash.SHA1: hashes.SHA1(), Hash.SHA256: hashes.SHA256()}

hash_names = st.sampled_from([Hash.SHA1, Hash.SHA256])
variants = st.sampled_from([Variant.AP, Variant.DOCATTACH])
kinds = st.sampled_from([Kind.RETRIEVE, Kind.SUBMIT])
packagings = st.sampled_from([Packaging.SWA, Packaging.MTOM])
moments = st.integers(0, 4_000_000_000_000).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))
roots = st.sampled_from(["{urn:x#}RequestX", "{http://a.b/?c=1&d='2'#}X", "{urn:a%20b}X"])


def operation(variant: Variant, kind: Kind, root: str = "{urn:r#}RequestX") -> Operation:
    return Operation("retrieveX_v1", variant, kind, "urn:action", root, "{urn:x}X")


def of(identity: MemoryIdentity, subject: str, der: bytes) -> MemoryIdentity:
    """The same key under another name, with any certificate."""
    certificate = replace(identity.certificate, subject=subject, der=der)
    return MemoryIdentity("memory", certificate, identity._key)


def envelope_of(message: Message) -> bytes:
    start, end = message.body.index(b"<?xml"), message.body.index(b"</soapenv:Envelope>")
    return message.body[start:end] + b"</soapenv:Envelope>"


def plainly(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def check(envelope: bytes, hash: Hash, key: rsa.RSAPublicKey) -> dict[str, etree._Element]:
    """Find every reference right, and the signature; the signed elements by tag."""
    root = etree.fromstring(envelope, etree.XMLParser(strip_cdata=False, huge_tree=True))
    header, body = root
    within = {element.get(ID): element for element in (body, *header, *header[0])}
    [info], [value] = root.iter(f"{DS}SignedInfo"), root.iter(f"{DS}SignatureValue")
    signed = {}
    for reference in info.iter(f"{DS}Reference"):
        element = within[reference.get("URI", "").removeprefix("#")]
        digest = hashlib.new(hash.value, plainly(element)).digest()
        assert reference.findtext(f"{DS}DigestValue") == base64.b64encode(digest).decode(), element.tag
        signed[str(element.tag)] = element
    digest = hashlib.new(hash.value, plainly(info)).digest()
    algorithm = utils.Prehashed(ALGORITHMS[hash])
    key.verify(base64.b64decode(value.text or ""), digest, padding.PKCS1v15(), algorithm)
    return signed


def public(identity: MemoryIdentity) -> rsa.RSAPublicKey:
    key = x509.load_der_x509_certificate(identity.certificate.der).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return key


@settings(max_examples=300, deadline=None)
@given(documents(), letters, st.binary(max_size=3000), hash_names, variants, kinds, packagings, moments, roots)
def test_every_part_is_signed_as_a_plain_reader_finds_it(
    identity: MemoryIdentity,
    payload: str,
    name: str,
    der: bytes,
    hash: Hash,
    variant: Variant,
    kind: Kind,
    packaging: Packaging,
    now: datetime,
    root: str,
) -> None:
    subject = f"CN={name},OU=people,O=CAISO,C=US"
    assert isinstance(read(payload.encode()), Document)
    message = dress(
        operation(variant, kind, root),
        payload.encode(),
        of(identity, subject, der),
        hash=hash,
        now=now,
        packaging=packaging,
    )
    signed = check(envelope_of(message), hash, public(identity))
    assert len(signed) == {Kind.RETRIEVE: 3, Kind.SUBMIT: 4 if variant is Variant.DOCATTACH else 5}[kind]
    [token] = (element for tag, element in signed.items() if tag.endswith("BinarySecurityToken"))
    assert base64.b64decode(token.text or "") == der
    assert signed[f"{CWS}CAISOWSHeader"].findtext(f".//{CWS}Username") == subject


@pytest.mark.parametrize("size", [0, 1, 300_000])
@pytest.mark.parametrize("variant", [Variant.AP, Variant.DOCATTACH])
def test_a_file_is_signed_as_it_stands_in_the_message(
    identity: MemoryIdentity, tmp_path: Path, variant: Variant, size: int
) -> None:
    attachment = pack_file([b"<a>" + b"x" * size + b"</a>"], tmp_path / "text")
    made = prepare_packed(
        operation(variant, Kind.SUBMIT), attachment, identity, hash=Hash.SHA256, now=datetime.now(UTC)
    )
    assert isinstance(made, Prepared)
    message = made.sign()
    whole = replace(message, body=message.body.replace(attachment.word, (tmp_path / "text").read_bytes()))
    check(envelope_of(whole), Hash.SHA256, public(identity))


@pytest.mark.parametrize("name", ["a\x00b", "a\x07", "\ufffe", "\ud800"])
def test_a_subject_that_no_xml_can_hold_is_told(identity: MemoryIdentity, name: str) -> None:
    with pytest.raises(IdentityError, match="control character"):
        dress(
            operation(Variant.AP, Kind.RETRIEVE),
            b"<a/>",
            of(identity, f"CN={name}", b""),
            hash=Hash.SHA1,
            now=datetime.now(UTC),
        )


def test_what_is_remembered_of_a_payload_is_not_taken_for_another(identity: MemoryIdentity) -> None:
    payloads = [f"<a xmlns='urn:{number}'>{number}&#13;<b/></a>".encode() for number in range(20)]
    for payload in (*payloads, *reversed(payloads), *payloads):
        message = dress(operation(Variant.AP, Kind.RETRIEVE), payload, identity, hash=Hash.SHA1, now=datetime.now(UTC))
        assert payload in message.body
        check(message.body, Hash.SHA1, public(identity))
