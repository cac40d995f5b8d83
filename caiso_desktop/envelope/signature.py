"""The XML signature of a message: exclusive C14N, one reference for each signed element by its ``wsu:Id``.

The key signs a digest and stays where it is (`caiso_desktop.model.identity.Signer`).
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from caiso_desktop.envelope.namespace import DS, EXCLUSIVE_C14N, WSSE, WSU, X509V3
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.identity import Hash, Padding, Signer
from caiso_desktop.model.source import FileSource


@dataclass(frozen=True, slots=True)
class Algorithm:
    """The names of a hash in XML signatures."""

    signature: str
    digest: str


ALGORITHMS = {
    Hash.SHA1: Algorithm(f"{DS}rsa-sha1", f"{DS}sha1"),
    Hash.SHA256: Algorithm(
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256"
    ),
}
_ID = f"{{{WSU}}}Id"


@dataclass(frozen=True, slots=True)
class Filling:
    """Text of a file that stands in an envelope where a word stands for it; it is base64, so it is its own canonical
    form, and is digested without being held.
    """

    word: bytes
    text: FileSource


def describe(envelope: bytes, ids: Sequence[str], hash: Hash, filling: Filling | None = None) -> bytes:
    """The ``ds:SignedInfo`` of the elements of these ids, as they stand in the envelope once it is filled."""
    return _signed_info(tuple(zip(ids, _digests(envelope, ids, hash, filling), strict=True)), hash)


def sign(info: bytes, token_id: str, signer: Signer, hash: Hash) -> bytes:
    """The ``ds:Signature`` with this ``ds:SignedInfo``."""
    value = signer.sign(hashlib.new(hash.value, info).digest(), hash, Padding.PKCS1)
    return (
        f'<ds:Signature xmlns:ds="{DS}">'.encode()
        + info
        + b"<ds:SignatureValue>"
        + base64.b64encode(value)
        + b"</ds:SignatureValue><ds:KeyInfo>"
        + (
            f'<wsse:SecurityTokenReference xmlns:wsse="{WSSE}">'
            f'<wsse:Reference URI="#{token_id}" ValueType="{X509V3}"></wsse:Reference>'
            "</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>"
        ).encode()
    )


def _digests(envelope: bytes, ids: Sequence[str], hash: Hash, filling: Filling | None) -> list[str]:
    # The bytes are our own; huge, because a DocAttach submit carries its document as one text.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, strip_cdata=False, collect_ids=False
    )
    root = etree.fromstring(envelope, parser)
    elements = {}
    for element in _candidates(root):
        elements[element.get(_ID)] = element
    return [_digest(elements[signed], hash, filling) for signed in ids]


def _candidates(root: etree._Element) -> list[etree._Element]:
    """The elements that can be signed: the Body, the headers, and what Security holds; never inside the payload."""
    header, body = root
    return [body, *header, *header[0]]


def _digest(element: etree._Element, hash: Hash, filling: Filling | None) -> str:
    try:
        canonical = etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
    except etree.C14NError as error:
        # Canonical XML forbids relative namespace names; nothing else of a well-formed document fails it.
        raise PayloadError(
            "one of its namespaces is not an absolute address, so the message cannot be signed.",
            advice="Look at the xmlns attributes; CAISO's begin with http://www.caiso.com/soa/.",
        ) from error
    digest = hashlib.new(hash.value)
    if filling is not None and filling.word in canonical:
        canonical, _, rest = canonical.partition(filling.word)
        digest.update(canonical)
        for piece in filling.text.pieces():
            digest.update(piece)
        canonical = rest
    digest.update(canonical)
    return base64.b64encode(digest.digest()).decode("ascii")


def _signed_info(references: Sequence[tuple[str, str]], hash: Hash) -> bytes:
    """``ds:SignedInfo``, written in its canonical form already: what is signed is what is sent."""
    algorithm = ALGORITHMS[hash]
    inner = "".join(
        f'<ds:Reference URI="#{signed}">'
        f'<ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE_C14N}"></ds:Transform></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{algorithm.digest}"></ds:DigestMethod>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
        for signed, digest in references
    )
    return (
        f'<ds:SignedInfo xmlns:ds="{DS}">'
        f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{algorithm.signature}"></ds:SignatureMethod>'
        f"{inner}</ds:SignedInfo>"
    ).encode()
