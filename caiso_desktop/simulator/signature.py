"""Checks the WS-Security signature of a request, and gives back only what it covers.

The verification itself is signxml's. What WS-Security adds, the token that the signature refers to, and the ways to
smuggle unsigned content past a verifier (a second Body, one Id twice, a transform that changes what was signed) are
checked here.
"""

import base64
import binascii
from collections.abc import Mapping

from cryptography import x509
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from caiso_desktop.simulator.message import BODY, CAISO_HEADER, HASH, INFO, Envelope, parser
from caiso_desktop.simulator.refusal import SIGNATURE, Refused

_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_DS = "http://www.w3.org/2000/09/xmldsig#"
_X509 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
_BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_ID = f"{{{_WSU}}}Id"
_SECURITY, _TOKEN = f"{{{_WSSE}}}Security", f"{{{_WSSE}}}BinarySecurityToken"
_SIGNATURE, _INFO = f"{{{_DS}}}Signature", f"{{{_DS}}}SignedInfo"
_TOKEN_REFERENCE = f"{{{_DS}}}KeyInfo/{{{_WSSE}}}SecurityTokenReference/{{{_WSSE}}}Reference"
_CONFIGURATION = SignatureConfiguration(
    location=f".//{_SECURITY}/",
    expect_references=True,
    signature_methods=frozenset({SignatureMethod.RSA_SHA1, SignatureMethod.RSA_SHA256}),
    digest_algorithms=frozenset({DigestAlgorithm.SHA1, DigestAlgorithm.SHA256}),
)


def signed_elements(envelope: Envelope, peer: x509.Certificate, peer_der: bytes) -> Mapping[str, etree._Element]:
    """The elements that the signature covers, by tag, each read from exactly the bytes that were signed.

    ``peer`` is the certificate of the TLS connection, which the token must be. `Refused` names what is wrong.
    """
    _check_shape(envelope)
    _check_token(envelope.header, peer_der)
    signature = envelope.header.find(f"{_SECURITY}/{_SIGNATURE}")
    if signature is None:
        raise _refused("the Security header has no Signature")
    _check_method(signature)
    try:
        # A new verifier each time: it keeps its state in itself, and requests come on many threads.
        results = XMLVerifier().verify(
            envelope.raw, x509_cert=peer, id_attribute="Id", expect_config=_CONFIGURATION, parser=parser()
        )
    except (SignXMLException, etree.LxmlError, ValueError) as error:
        raise _refused(str(error)) from error
    signed: dict[str, etree._Element] = {}
    for result in results if isinstance(results, list) else [results]:
        element = result.signed_xml
        if element is None or not isinstance(element.tag, str) or element.tag in signed:
            raise _refused("a reference covers no element, or two cover the same")
        signed[element.tag] = element
    for tag in (BODY, CAISO_HEADER, HASH, INFO):
        if tag not in signed and next(envelope.root.iter(tag), None) is not None:
            raise _refused(f"{_local(tag)} is not signed")
    return signed


def _refused(reason: str) -> Refused:
    return Refused(SIGNATURE, reason)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _check_shape(envelope: Envelope) -> None:
    """One of everything that must be there once, in its place, and no Id twice."""
    for tag, least in (
        (BODY, 1),
        (_SECURITY, 1),
        (_SIGNATURE, 1),
        (_TOKEN, 1),
        (CAISO_HEADER, 1),
        (HASH, 0),
        (INFO, 0),
    ):
        count = sum(1 for _ in envelope.root.iter(tag))
        if not least <= count <= 1:
            raise _refused(f"the message has {count} elements {_local(tag)}")
    for tag in (_SECURITY, CAISO_HEADER, HASH, INFO):
        element = next(envelope.root.iter(tag), None)
        if element is not None and element.getparent() is not envelope.header:
            raise _refused(f"{_local(tag)} is not a child of the SOAP Header")
    ids = [str(value) for value in envelope.root.xpath("//@wsu:Id", namespaces={"wsu": _WSU})]
    if len(set(ids)) != len(ids):
        raise _refused("an Id is used twice")


def _check_token(header: etree._Element, peer_der: bytes) -> None:
    token = header.find(f"{_SECURITY}/{_TOKEN}")
    reference = header.find(f"{_SECURITY}/{_SIGNATURE}/{_TOKEN_REFERENCE}")
    if token is None or reference is None:
        raise _refused("the signature's KeyInfo does not refer to a BinarySecurityToken")
    if not token.get(_ID) or reference.get("URI") != f"#{token.get(_ID)}":
        raise _refused("the signature's KeyInfo refers to another element than the BinarySecurityToken")
    if token.get("ValueType") != _X509 or token.get("EncodingType") != _BASE64:
        raise _refused("the BinarySecurityToken is not an X509v3 certificate in Base64Binary")
    try:
        der = base64.b64decode("".join((token.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _refused("the BinarySecurityToken is not base64") from error
    # The connection's certificate has been verified against the authority by TLS; so equality is all there is to ask.
    if der != peer_der:
        raise _refused("the BinarySecurityToken is not the certificate of the TLS connection")


def _check_method(signature: etree._Element) -> None:
    """Exclusive canonicalization, and nothing else, everywhere: a transform must not change what is signed."""
    method = signature.find(f"{_INFO}/{{{_DS}}}CanonicalizationMethod")
    if method is None or method.get("Algorithm") != _EXCLUSIVE:
        raise _refused("SignedInfo is not in exclusive canonical XML")
    references = signature.findall(f"{_INFO}/{{{_DS}}}Reference")
    for reference in references:
        transforms = [t.get("Algorithm") for t in reference.findall(f"{{{_DS}}}Transforms/{{{_DS}}}Transform")]
        if transforms != [_EXCLUSIVE]:
            raise _refused("a Reference must have exclusive canonical XML as its one transform")
        if not (reference.get("URI") or "").startswith("#"):
            raise _refused("a Reference must name an element by its wsu:Id")
