"""Signatures of messages, each verified by two programs of other people: xmlsec and signxml.

Every key size and hash, and a flipped bit in every byte of what is signed, which both must notice.
"""

import base64
import binascii
import contextlib
import functools
import random
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from caiso_desktop.envelope.dress import dress
from caiso_desktop.envelope.large import Packing
from caiso_desktop.keystore.memory import MemoryIdentity, MemoryKeystore
from caiso_desktop.model.call import Operation
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.identity import Hash
from caiso_desktop.model.service import Kind, Packaging, Variant
from caiso_desktop.model.source import PayloadFile, bytes_of
from caiso_desktop.model.transport import ignore_progress
from tests.keystore.conftest import issue

WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
SIZES = (2048, 3072, 4096)
HASHES = (Hash.SHA1, Hash.SHA256)
PAYLOAD = '<r:RequestX xmlns:r="urn:r"><!-- ü --><r:a b=" 1 ">1 &amp; 2 € 株式会社</r:a><r:c/></r:RequestX>'.encode()


@functools.cache
def identity(size: int) -> MemoryIdentity:
    issued = issue("Jane Doe x1234", rsa.generate_private_key(65537, size), None)
    return MemoryKeystore("memory").add(issued.pem, issued.key_pem())


def envelope(size: int, hash: Hash, variant: Variant = Variant.AP, kind: Kind = Kind.SUBMIT) -> bytes:
    """A signed envelope; that of a submit with its two attachment headers."""
    action = "http://www.caiso.com/soa/submitX_v1"
    operation = Operation("submitX_v1", variant, kind, action, "{urn:r}RequestX", "{urn:x}X")
    message = dress(operation, PAYLOAD, identity(size), hash=hash, now=datetime.now(UTC), packaging=Packaging.SWA)
    found = re.search(rb"<(\w+):Envelope.*</\1:Envelope>", message.body, re.DOTALL)
    assert found is not None
    return found[0]


def read(data: bytes) -> etree._Element:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def by_xmlsec(data: bytes, certificate: bytes) -> int:
    """How many elements the signature covers."""
    root = read(data)
    signature = root.find(f".//{DS}Signature")
    if signature is None:
        raise ValueError("there is no signature")
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertDer)
    for element in root.iter("*"):
        if f"{{{WSU}}}Id" in element.attrib:
            context.register_id(element, "Id", WSU)
    context.verify(signature)
    return len(signature.findall(f"{DS}SignedInfo/{DS}Reference"))


def by_signxml(data: bytes, certificate: bytes) -> int:
    """How many elements the signature covers."""
    root = read(data)
    signature = root.find(f".//{DS}Signature")
    if signature is None:
        raise ValueError("there is no signature")
    count = len(signature.findall(f"{DS}SignedInfo/{DS}Reference"))
    verified = XMLVerifier().verify(
        root,
        x509_cert=x509.load_der_x509_certificate(certificate),
        id_attribute="Id",
        expect_config=SignatureConfiguration(
            require_x509=False,
            expect_references=count,
            signature_methods=frozenset({SignatureMethod.RSA_SHA1, SignatureMethod.RSA_SHA256}),
            digest_algorithms=frozenset({DigestAlgorithm.SHA1, DigestAlgorithm.SHA256}),
        ),
    )
    return len(verified) if isinstance(verified, list) else 1


VERIFIERS = {"xmlsec": by_xmlsec, "signxml": by_signxml}
NOTICED = {
    "xmlsec": (xmlsec.Error, xmlsec.InternalError, xmlsec.VerificationError, etree.XMLSyntaxError, ValueError),
    "signxml": (SignXMLException, etree.LxmlError, ValueError),
}


@pytest.mark.parametrize("verifier", VERIFIERS)
@pytest.mark.parametrize("hash", HASHES)
@pytest.mark.parametrize("size", SIZES)
def test_every_key_and_hash_verifies(size: int, hash: Hash, verifier: str) -> None:
    for variant in (Variant.AP, Variant.DOCATTACH):
        for kind in (Kind.RETRIEVE, Kind.SUBMIT):
            data = envelope(size, hash, variant, kind)
            covered = VERIFIERS[verifier](data, identity(size).certificate.der)
            headers = {(Variant.AP, Kind.SUBMIT): 2, (Variant.DOCATTACH, Kind.SUBMIT): 1}.get((variant, kind), 0)
            assert covered == 3 + headers  # Body, CAISOWSHeader and the token always


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_another_certificate_verifies_nothing(verifier: str) -> None:
    data = envelope(2048, Hash.SHA1)
    with pytest.raises(NOTICED[verifier]):
        VERIFIERS[verifier](data, identity(3072).certificate.der)


def signed_bytes(data: bytes) -> list[int]:
    """The offsets of every byte of what is signed: each element with an Id, and SignedInfo with the value."""
    spans = [
        found.span()
        for pattern in (
            rb"<(\w+:\w+)[^<>]*\swsu:Id=.*?</\1>",
            rb"<(\w+:)?SignedInfo.*?</(\w+:)?SignedInfo>",
            rb"<(\w+:)?SignatureValue.*?</(\w+:)?SignatureValue>",
        )
        for found in re.finditer(pattern, data, re.DOTALL)
    ]
    return sorted({offset for start, end in spans for offset in range(start, end)})


def meaning(data: bytes) -> bytes | None:
    """What a verifier sees of a document; None where it is no document any more."""
    try:
        root = read(data)
    except (etree.XMLSyntaxError, ValueError):
        return None
    for value in root.iter(f"{DS}SignatureValue"):
        # The last letter of base64 has bits that mean nothing.
        with contextlib.suppress(binascii.Error, ValueError):
            value.text = base64.b64decode(value.text or "", validate=True).hex()
    try:
        return bytes(etree.tostring(root, method="c14n", exclusive=True, with_comments=False))
    except etree.C14NError:
        return b"XML that has no canonical form"


@pytest.mark.parametrize("verifier", VERIFIERS)
@pytest.mark.parametrize("hash", HASHES)
def test_a_flipped_bit_in_any_byte_of_what_is_signed_is_noticed(hash: Hash, verifier: str) -> None:
    """Every byte once, every second in a message signed with SHA-1, the others with SHA-256; which bit, by chance."""
    data = envelope(2048, hash)
    certificate = identity(2048).certificate.der
    whole = meaning(data)
    offsets = signed_bytes(data)
    assert len(offsets) > len(data) // 2
    chance = random.Random(hash)
    tried = 0
    mine = offsets[HASHES.index(hash) :: len(HASHES)]
    for offset in mine:
        # What is not XML any more reaches no verifier (a tag's name that its end does not have), and canonical XML
        # does not know everything (white space within a tag, a comment): then another bit of the byte is tried.
        for bit in chance.sample(range(8), 8):
            flipped = bytearray(data)
            flipped[offset] ^= 1 << bit
            changed = meaning(bytes(flipped))
            if changed is not None and changed != whole:
                break
        else:
            continue
        tried += 1
        with pytest.raises(NOTICED[verifier]):
            VERIFIERS[verifier](bytes(flipped), certificate)
            pytest.fail(f"{verifier} overlooks the byte {offset}: {bytes(flipped[offset - 40 : offset + 40])!r}")
    assert tried > len(mine) * 0.6


PARTS = {
    "Body": b"Body",
    "CAISOWSHeader": b"Nonce",
    "BinarySecurityToken": b"BinarySecurityToken",
    "attachmentHash": b"hashValue",
    "standardAttachmentInfor": b"compressMethod",
}
"""Every signed part of a submit, and an element of it that holds text of its own (the Body's is its attachment's)."""


def submit(folder: Path, variant: Variant, packaging: Packaging, *, large: bool) -> bytes:
    """The signed envelope of a submit whose payload is held, or lies in a file."""
    operation = Operation("submitX_v1", variant, Kind.SUBMIT, "urn:submitX", "{urn:r}RequestX", "{urn:x}X")
    now = datetime.now(UTC)
    if large:
        file = folder / "payload.xml"
        file.write_bytes(PAYLOAD)
        packing = Packing(PayloadFile.of(file), folder, operation, CancelToken(), ignore_progress)
        prepared = packing.prepare(identity(2048), hash=Hash.SHA1, now=lambda: now, packaging=packaging)
        body = bytes_of(prepared.sign().body)
    else:
        body = dress(operation, PAYLOAD, identity(2048), hash=Hash.SHA1, now=now, packaging=packaging).body
    found = re.search(rb"<(\w+):Envelope.*</\1:Envelope>", body, re.DOTALL)
    assert found is not None
    return found[0]


def signed_parts(data: bytes) -> set[str]:
    """The local names of the elements that the signature's references name."""
    root = read(data)
    named = {str(each.get("URI")).removeprefix("#") for each in root.iter(f"{DS}Reference")}
    return {etree.QName(each).localname for each in root.iter("*") if each.get(f"{{{WSU}}}Id") in named}


@pytest.mark.parametrize("large", [False, True], ids=["held", "in a file"])
@pytest.mark.parametrize(
    ("variant", "packaging"),
    [(Variant.AP, Packaging.SWA), (Variant.AP, Packaging.MTOM), (Variant.DOCATTACH, Packaging.SWA)],
)
def test_a_flipped_byte_in_each_signed_part_of_a_submit_is_caught_by_both(
    tmp_path: Path, variant: Variant, packaging: Packaging, large: bool
) -> None:
    data = submit(tmp_path, variant, packaging, large=large)
    certificate = identity(2048).certificate.der
    parts = set(PARTS) - ({"attachmentHash"} if variant is Variant.DOCATTACH else set())
    assert signed_parts(data) == parts
    for verify in VERIFIERS.values():
        assert verify(data, certificate) == len(parts)
    for part in parts:
        within = PARTS[part]
        if part == "Body" and variant is Variant.DOCATTACH:
            within = b"AttachmentValue"
        if part == "Body" and variant is Variant.AP:
            # An attachment's Body is empty, or holds no text but a reference: then what is flipped is put there.
            flipped = re.sub(rb"(<(\w+):Body[^>]*>)", rb"\1 ", data, count=1)
        else:
            found = re.search(rb"<(?:\w+:)?" + within + rb"(?:\s[^>]*)?>([^<]+)<", data)
            assert found is not None, part
            middle = (found.start(1) + found.end(1)) // 2
            changed = b"B" if data[middle : middle + 1] == b"A" else b"A"
            flipped = data[:middle] + changed + data[middle + 1 :]
        assert flipped != data
        for name, verify in VERIFIERS.items():
            with pytest.raises(NOTICED[name]):
                verify(flipped, certificate)
                pytest.fail(f"{name} overlooks a change of the {part}")
