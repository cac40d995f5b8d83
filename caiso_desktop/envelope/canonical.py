"""The exclusive canonical form, without comments, of what a message's Body holds.

An element is canonicalised in a Body of its own. That is what it is in the envelope: exclusive C14N asks of what is
around an element only which namespaces are written there already, and those are the Body's two. The rest of a message
is written in its canonical form to begin with, so it need not be read again to be digested.
"""

from functools import lru_cache

from lxml import etree

from caiso_desktop.contract.document import REMEMBERED
from caiso_desktop.envelope.namespace import SOAP, WSU
from caiso_desktop.model.error import PayloadError

BODY_END = b"</soapenv:Body>"
_BODY = f'<soapenv:Body xmlns:soapenv="{SOAP}" xmlns:wsu="{WSU}" wsu:Id="'
_AROUND = f'{_BODY}id">'.encode()


def body_start(id: str) -> bytes:
    """The canonical form of the Body's tag: with the namespace of the envelope's prefix, which it makes use of."""
    return f'{_BODY}{id}">'.encode()


def canonical(element: bytes) -> bytes:
    """The canonical form of a well-formed element as the Body's content; of the last few small ones it is remembered.

    `PayloadError` for what has none.
    """
    return _remembered(element) if len(element) <= REMEMBERED else _canonical(element)


def _canonical(element: bytes) -> bytes:
    # No document type comes this far; huge, because nobody limits how long a payload's text is.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, strip_cdata=False, collect_ids=False
    )
    try:
        body = etree.fromstring(b"".join((_AROUND, element, BODY_END)), parser)
        whole = etree.tostring(body, method="c14n", exclusive=True, with_comments=False)
    except etree.XMLSyntaxError as error:
        # Well-formed all the same: a namespace that is no address at all, or elements nested thousands deep.
        # (Its line and column would count in the Body.)
        reason = error.msg.rpartition(", line ")[0]
        raise PayloadError(
            f"it cannot be signed ({reason}).", advice="Correct the payload, then send it again."
        ) from error
    except etree.C14NError as error:
        # Canonical XML forbids relative namespace names; nothing else of a well-formed document fails it.
        raise PayloadError(
            "one of its namespaces is not an absolute address, so the message cannot be signed.",
            advice="Look at the xmlns attributes; CAISO's begin with http://www.caiso.com/soa/.",
        ) from error
    return whole[len(_AROUND) : -len(BODY_END)]


_remembered = lru_cache(maxsize=8)(_canonical)
