"""A client that has nothing in common with the program: it signs with xmlsec and speaks through http.client."""

import base64
import gzip
import hashlib
import http.client
import importlib
import secrets
import ssl
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from caiso_desktop.simulator.authority import ClientIdentity
from caiso_desktop.simulator.server import Simulator

# As a plain object: the library's own type stubs do not export what its documentation uses.
xmlsec: Any = importlib.import_module("xmlsec")

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DS = "http://www.w3.org/2000/09/xmldsig#"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
TOKEN_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
ENCODING = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
CAISO = "http://www.caiso.com/soa/2006-09-30/CAISOWSHeader.xsd"
HASH = "http://www.caiso.com/mrtu/soa/schemas/2005/09/attachmenthash"
INFO = "http://www.caiso.com/soa/2006-06-13/StandardAttachmentInfor.xsd"
ISO = "http://www.caiso.com/soa/2006-10-26/ISOAttachment.xsd"
SOA = "http://www.caiso.com/soa/"

SIBR = "/sst/sibr/"
CMRI = "/sst/cmri/"
GATEWAY = "/sst/runtime.asvc/"
CLEAN_BIDS = SIBR + "RetrieveCleanBidSet_SIBRv4_AP"
CLEAN_BIDS_ACTION = SOA + "retrieveCleanBidSet_v4"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def root(self) -> etree._Element:
        return etree.fromstring(self.body)

    @property
    def fault(self) -> str:
        text = self.root.findtext(".//faultstring")
        assert text is not None, self.body
        return text

    @property
    def parts(self) -> list[tuple[dict[str, str], bytes]]:
        """The MIME parts, each exactly as it came."""
        kind = BytesParser().parsebytes(f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode())
        boundary = str(kind.get_param("boundary")).encode()
        found = []
        for section in (b"\r\n" + self.body).split(b"\r\n--" + boundary)[1:-1]:
            head, _, content = section.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            headers = BytesParser().parsebytes(head + b"\r\n\r\n")
            found.append(({key.lower(): str(value) for key, value in headers.items()}, content))
        return found

    @property
    def report(self) -> bytes:
        if self.headers["content-type"].startswith("multipart/"):
            return gzip.decompress(base64.b64decode(self.parts[1][1]))
        value = self.root.findtext(f".//{{{ISO}}}AttachmentValue")
        assert value is not None
        return gzip.decompress(base64.b64decode(value))


@dataclass
class Draft:
    """A request as it would be sent; tests change it before or after it is signed."""

    identity: ClientIdentity
    payload: str
    action: str = CLEAN_BIDS_ACTION
    username: str | None = None
    nonce: str = field(default_factory=lambda: base64.b64encode(secrets.token_bytes(16)).decode())
    created: str | None = None
    message_created: str | None = None
    expires: str | None = None
    token: bytes | None = None
    algorithm: str = "sha1"
    header: str = ""
    unsigned: tuple[str, ...] = ()
    sign_token: bool = False

    def envelope(self) -> bytes:
        now = datetime.now(UTC)
        created = self.created or stamp(now)
        message_created = self.message_created or created
        expires = self.expires or stamp(now + timedelta(minutes=15))
        der = self.token if self.token is not None else certificate_der(self.identity)
        text = f"""<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:wsu="{WSU}"><soapenv:Header>
<wsse:Security xmlns:wsse="{WSSE}"><wsse:BinarySecurityToken EncodingType="{ENCODING}" ValueType="{TOKEN_PROFILE}"
 wsu:Id="X509-1">{base64.b64encode(der).decode()}</wsse:BinarySecurityToken></wsse:Security>
<c:CAISOWSHeader xmlns:c="{CAISO}" wsu:Id="header"><c:CAISOUsernameToken>
<c:Username>{self.username or self.identity.subject}</c:Username><c:Nonce>{self.nonce}</c:Nonce>
<c:Created>{created}</c:Created></c:CAISOUsernameToken>
<c:CAISOMessageInfo><c:MessageID>message-1</c:MessageID><c:Timestamp><c:Created>{message_created}</c:Created>
<c:Expires>{expires}</c:Expires></c:Timestamp></c:CAISOMessageInfo></c:CAISOWSHeader>{self.header}
</soapenv:Header><soapenv:Body wsu:Id="body">{self.payload}</soapenv:Body></soapenv:Envelope>"""
        root = etree.fromstring(text.encode())
        sign(root, self.identity.key, self.algorithm, self.unsigned, self.sign_token)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def certificate_der(identity: ClientIdentity) -> bytes:
    return x509.load_pem_x509_certificate(identity.certificate).public_bytes(Encoding.DER)


def sign(root: etree._Element, key_pem: bytes, algorithm: str, unsigned: tuple[str, ...], sign_token: bool) -> None:
    """Sign with the xmlsec library every element with a wsu:Id but the token and those named."""
    method, digest = {
        "sha1": (xmlsec.Transform.RSA_SHA1, xmlsec.Transform.SHA1),
        "sha256": (xmlsec.Transform.RSA_SHA256, xmlsec.Transform.SHA256),
        "sha512": (xmlsec.Transform.RSA_SHA512, xmlsec.Transform.SHA512),
    }[algorithm]
    signature = xmlsec.template.create(root, xmlsec.Transform.EXCL_C14N, method)
    for element in root.iter("{*}*"):
        name = element.get(f"{{{WSU}}}Id")
        if name and name not in unsigned and (name != "X509-1" or sign_token):
            xmlsec.tree.add_ids(element, ["Id"])
            reference = xmlsec.template.add_reference(signature, digest, uri=f"#{name}")
            xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    info = xmlsec.template.ensure_key_info(signature)
    holder = etree.SubElement(info, f"{{{WSSE}}}SecurityTokenReference")
    etree.SubElement(holder, f"{{{WSSE}}}Reference", URI="#X509-1", ValueType=TOKEN_PROFILE)
    security = root.find(f".//{{{WSSE}}}Security")
    assert security is not None
    security.append(signature)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key_pem, xmlsec.KeyFormat.PEM)
    context.sign(signature)


def tls(
    authority: bytes,
    identity: ClientIdentity | None,
    version: ssl.TLSVersion | None = None,
) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=authority.decode())
    if version is not None:
        context.minimum_version = context.maximum_version = version
    if identity is not None:
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = Path(folder, "c.pem"), Path(folder, "k.pem")
            certificate.write_bytes(identity.certificate)
            key.write_bytes(identity.key)
            context.load_cert_chain(certificate, key)
    return context


class Client:
    """One kept connection to a simulator, closed at the end of the test."""

    def __init__(
        self, simulator: Simulator, identity: ClientIdentity | None = None, version: ssl.TLSVersion | None = None
    ) -> None:
        self.identity = identity or simulator.identity
        parts = urlsplit(simulator.origin)
        context = tls(simulator.authority, self.identity, version)
        assert parts.hostname
        self.connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=context, timeout=20)

    def post(
        self,
        path: str,
        body: bytes,
        action: str = CLEAN_BIDS_ACTION,
        content_type: str = "text/xml; charset=utf-8",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        self.connection.request(
            "POST", path, body, {"Content-Type": content_type, "SOAPAction": f'"{action}"', **(headers or {})}
        )
        return self.answer()

    def answer(self) -> Answer:
        with self.connection.getresponse() as response:
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def send(self, draft: Draft, path: str = CLEAN_BIDS) -> Answer:
        return self.post(path, draft.envelope(), draft.action)

    def close(self) -> None:
        self.connection.close()


def request_payload(root: str, version: str = "v4", inside: str = "", folder: str = "") -> str:
    suffix = f"_{version}" if version else ""
    return f'<{root} xmlns="{SOA}{folder}{root}{suffix}.xsd#"><MessagePayload>{inside}</MessagePayload></{root}>'


def clean_bids(day: str = "2017-06-01T07:00:00Z", end: str = "2017-06-01T08:00:00Z", inside: str = "") -> str:
    return request_payload(
        "RequestCleanBidSet",
        inside=f"<MarketStartTime>{day}</MarketStartTime><MarketEndTime>{end}</MarketEndTime>{inside}",
    )


def base64_gzip(document: str) -> bytes:
    return base64.encodebytes(gzip.compress(document.encode(), mtime=0)).replace(b"\n", b"\r\n")


def hash_of(text: bytes) -> str:
    return base64.b64encode(hashlib.sha1(text).digest()).decode()


def hash_header(value: str) -> str:
    return f'<h:attachmentHash xmlns:h="{HASH}" wsu:Id="hash"><h:hashValue>{value}</h:hashValue></h:attachmentHash>'


INFO_HEADER = (
    f'<i:standardAttachmentInfor xmlns:i="{INFO}" wsu:Id="info"><i:Attachment><i:id>1</i:id>'
    "<i:compressFlag>yes</i:compressFlag><i:compressMethod>gzip</i:compressMethod></i:Attachment>"
    "</i:standardAttachmentInfor>"
)
