"""Reads a SoapUI project: the requests below its operations, and those of its test steps, each with its endpoint.

A project also holds passwords, keystores, properties and Groovy scripts; none of them is looked at. Of a request only
the document in its Body is taken: its header may hold a password too.
"""

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from caiso_desktop.contract.foreign.address import AddressBook
from caiso_desktop.contract.package.examine import DOCTYPE, NotRead, parsed
from caiso_desktop.contract.package.name import is_wrapper
from caiso_desktop.contract.schema_folder import parser
from caiso_desktop.model.foreign import ForeignDraft, ForeignError, ForeignFile

PROJECT = "{http://eviware.com/soapui/config}soapui-project"
_CON = "{http://eviware.com/soapui/config}"
_BODY = ("{http://schemas.xmlsoap.org/soap/envelope/}Body", "{http://www.w3.org/2003/05/soap-envelope}Body")


class _Request(NamedTuple):
    name: str
    operation: str
    endpoint: str
    text: str


def read_project(data: bytes, book: AddressBook) -> ForeignFile:
    """The drafts of a project. `ForeignError` where it is none."""
    try:
        root = parsed(data)
    except NotRead as error:
        raise ForeignError(_why(error)) from None
    if root.tag != PROJECT:
        raise ForeignError(f"it is XML, but no SoapUI project: its root is <{etree.QName(str(root.tag)).localname}>.")
    if root.find(f"{_CON}encryptedContent") is not None:
        raise ForeignError("the project is encrypted.", advice="Save it from SoapUI without a password first.")
    drafts, left = [], []
    for request in _requests(root):
        try:
            drafts.append(_draft(request, book))
        except ForeignError as error:
            left.append(f"{request.name}: {error.detail}")
    if not drafts and not left:
        raise ForeignError("the project holds no requests.")
    return ForeignFile("SoapUI project", tuple(drafts), tuple(left))


def _requests(root: etree._Element) -> Iterator[_Request]:
    for interface in root.iterfind(f"{_CON}interface"):
        usual = _text(interface.find(f"{_CON}endpoints/{_CON}endpoint"))
        for operation in interface.iterfind(f"{_CON}operation"):
            name = str(operation.get("bindingOperationName") or operation.get("name", ""))
            for call in operation.iterfind(f"{_CON}call"):
                title = f"{name}: {call.get('name', 'Request')}"
                yield _Request(title, name, _text(call.find(f"{_CON}endpoint")) or usual, _of(call))
    for step in root.iterfind(f".//{_CON}testStep"):
        request = step.find(f"{_CON}config/{_CON}request")
        if step.get("type") == "request" and request is not None:
            name = _text(step.find(f"{_CON}config/{_CON}operation"))
            title = f"{name}: {step.get('name', 'Step')}"
            yield _Request(title, name, _text(request.find(f"{_CON}endpoint")), _of(request))


def _of(request: etree._Element) -> str:
    return _text(request.find(f"{_CON}request"))


def _text(element: etree._Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _draft(request: _Request, book: AddressBook) -> ForeignDraft:
    """A draft of the document in the Body, as it is written there."""
    text = request.text.encode()
    if not text:
        raise ForeignError("the request is empty.")
    try:
        envelope = parsed(_undeclared(text))
    except NotRead as error:
        raise ForeignError(f"the request, {_why(error)}") from None
    body = next((each for each in envelope if each.tag in _BODY), None)
    document = next(body.iterchildren(etree.Element), None) if body is not None else None
    if document is None:
        raise ForeignError("there is no document in its Body; what is attached to it lies elsewhere.")
    if is_wrapper(str(document.tag)):
        raise ForeignError("its Body holds an attachment, not the payload itself.")
    payload = f'<?xml version="1.0" encoding="UTF-8"?>\n{_alone(document)}\n'
    target, environment = book.find(request.endpoint, request.operation)
    note = "It holds properties of the project (${...}): write their values." if "${" in payload else ""
    return ForeignDraft(request.name, payload.encode(), target, environment, request.endpoint, note)


def _why(error: NotRead) -> str:
    """Why it is not read, without what the parser quotes: it may be a password."""
    return f"line {error.line}: {error.why if error.why == DOCTYPE else 'it is not well-formed XML.'}"


def _alone(document: etree._Element) -> str:
    """A document without the envelope around it; prefixes that its texts may use (``xsi:type``) stay."""
    document.tail = None
    alone = etree.fromstring(etree.tostring(document, encoding="UTF-8", with_tail=False), parser())
    envelopes = {name[1:].partition("}")[0] for name in _BODY}
    kept = [prefix for prefix, space in alone.nsmap.items() if prefix and space not in envelopes]
    etree.cleanup_namespaces(alone, keep_ns_prefixes=kept)
    return etree.tostring(alone, encoding="unicode")


def _undeclared(text: bytes) -> bytes:
    """The request without its declaration: it names an encoding that the project's own does not keep."""
    if text.startswith(b"<?xml"):
        return text.partition(b"?>")[2]
    return text
