"""The XML signature of a message: exclusive C14N, one reference for each signed element by its ``wsu:Id``.

The key signs a digest and stays where it is (`caiso_desktop.model.identity.Signer`).
"""

import base64
import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from caiso_desktop.envelope.namespace import DS, EXCLUSIVE_C14N, WSSE, X509V3
from caiso_desktop.model.identity import Hash, Padding, Signer
from caiso_desktop.model.source import FileSource


class Part(NamedTuple):
    """A part of a message that is signed: its ``wsu:Id``, and its exclusive canonical form in pieces.

    A file is digested without being held; what it holds is base64, which is its own canonical form.
    """

    id: str
    canonical: tuple[bytes | FileSource, ...]


class Algorithm(NamedTuple):
    """The names of a hash in XML signatures."""

    signature: str
    digest: str


ALGORITHMS = {
    Hash.SHA1: Algorithm(f"{DS}rsa-sha1", f"{DS}sha1"),
    Hash.SHA256: Algorithm(
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256"
    ),
}
# To copy a digest that has seen nothing takes less than to have one looked up by its name.
_FRESH = {each: hashlib.new(each) for each in ALGORITHMS}
_OPENING = f'<ds:Signature xmlns:ds="{DS}">'.encode()
_VALUE = b"<ds:SignatureValue>"
_KEY_INFO = (
    f'</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference xmlns:wsse="{WSSE}"><wsse:Reference URI="#'
).encode()
_CLOSING = (
    f'" ValueType="{X509V3}"></wsse:Reference></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>'
).encode()


def describe(parts: Iterable[Part], hash: Hash) -> bytes:
    """``ds:SignedInfo`` of these parts, written in its canonical form already: what is signed is what is sent."""
    algorithm = ALGORITHMS[hash]
    references = "".join(
        f'<ds:Reference URI="#{part.id}">'
        f'<ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE_C14N}"></ds:Transform></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{algorithm.digest}"></ds:DigestMethod>'
        f"<ds:DigestValue>{_digest(part, hash)}</ds:DigestValue></ds:Reference>"
        for part in parts
    )
    return (
        f'<ds:SignedInfo xmlns:ds="{DS}">'
        f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{algorithm.signature}"></ds:SignatureMethod>'
        f"{references}</ds:SignedInfo>"
    ).encode()


def sign(info: bytes, token_id: str, signer: Signer, hash: Hash) -> bytes:
    """The ``ds:Signature`` with this ``ds:SignedInfo``."""
    digest = _FRESH[hash].copy()
    digest.update(info)
    value = signer.sign(digest.digest(), hash, Padding.PKCS1)
    return b"".join((_OPENING, info, _VALUE, base64.b64encode(value), _KEY_INFO, token_id.encode(), _CLOSING))


def _digest(part: Part, hash: Hash) -> str:
    digest = _FRESH[hash].copy()
    for piece in part.canonical:
        if isinstance(piece, FileSource):
            for read in piece.pieces():
                digest.update(read)
        else:
            digest.update(piece)
    return base64.b64encode(digest.digest()).decode("ascii")
