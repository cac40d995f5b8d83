"""Verify with xmlsec the call that the Windows run signed: ``python verify_signature.py FILE``."""

import base64
import sys
from pathlib import Path

import xmlsec
from lxml import etree

WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DS = "{http://www.w3.org/2000/09/xmldsig#}"


def verify(path: Path) -> None:
    """Raise `xmlsec.Error` where the signature does not hold."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(path.read_bytes(), parser)
    token = root.find(f".//{WSSE}BinarySecurityToken")
    signature = root.find(f".//{DS}Signature")
    if token is None or signature is None:
        raise ValueError("the message has no token or no signature")
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(base64.b64decode(token.text or ""), xmlsec.constants.KeyDataFormatCertDer)
    for element in root.iter():
        if isinstance(element.tag, str) and f"{{{WSU}}}Id" in element.attrib:
            context.register_id(element, "Id", WSU)
    context.verify(signature)


if __name__ == "__main__":
    verify(Path(sys.argv[1]))
    print("xmlsec accepts what Windows signed")
