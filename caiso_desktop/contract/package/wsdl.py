"""Reads the operations of a WSDL with zeep, which gets documents of the package's folder and nothing else.

zeep needs an element or a type for every part of a message, and takes seconds for a schema of thousands of types, of
which it drops all facets. So it gets the WSDLs with their types left out and one empty declaration for each name that
a part uses; the schemas themselves are read by `caiso_desktop.contract.grammar`.
"""

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zeep.exceptions
from lxml import etree
from zeep.wsdl import Document
from zeep.wsdl.bindings.soap import Soap11Binding, Soap12Binding, SoapBinding

from caiso_desktop.contract.package.examine import Examined
from caiso_desktop.contract.schema_folder import WSDL, XSD, find_inside, parser
from caiso_desktop.model.error import SchemaError
from caiso_desktop.model.package import Described, Style

_PLACE = "http://package/"
# What travels in the header, and is a part of the message all the same.
_HEADERS = frozenset({"attachmenthash", "standardattachmentinfor", "caisowsheader", "security"})
_QUOTED = re.compile(r"'(?:\{[^}']*\})?([\w.-]+)'")


def has_operations(tree: etree._Element) -> bool:
    """Whether a WSDL describes something that can be called; else it is a part of another one."""
    return tree.find(f"{WSDL}binding") is not None or tree.find(f"{WSDL}service") is not None


def imported(folder: Path, file: Examined) -> Iterator[Path]:
    """The files that a WSDL imports."""
    for each in file.tree.iterfind(f"{WSDL}import") if file.tree is not None else ():
        found = find_inside(folder, file.path.parent, each.get("location", ""))
        if found is not None:
            yield found


def read_wsdl(folder: Path, file: Examined, files: dict[Path, Examined]) -> tuple[list[Described], list[SchemaError]]:
    """The SOAP operations of a WSDL, and what in it was left out; ``files`` are those of the package.

    `SchemaError` with file and line where nothing of it can be used.
    """
    texts = _Texts(folder, files)
    texts.add(file)
    try:
        # zeep leaves out what it does not understand, and says so in warnings.
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            transport: Any = _Given(texts.finish())  # all that zeep asks of a transport here
            document = Document(_PLACE + file.name, transport)
        found = [_described(*each, file) for each in _operations(document)]
    except RecursionError as error:
        raise SchemaError(f"{file.path.name}: its parts name one another without end.") from error
    except (zeep.exceptions.Error, LookupError, AttributeError, TypeError, ValueError) as error:
        raise _complaint(file, str(error) or type(error).__name__) from error
    # Other threads may warn meanwhile.
    left = [_complaint(file, str(each.message)) for each in told if "zeep" in Path(each.filename).parts]
    return list({(each.name, each.action): each for each in reversed(found)}.values())[::-1], left


class _Given:
    """A zeep transport that has the documents of one WSDL, and refuses every other address."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        self._texts = texts

    def load(self, url: str) -> bytes:
        """Called by zeep."""
        if url not in self._texts:
            raise SchemaError(f"{url} is not in the package.")
        return self._texts[url]


class _Texts:
    """The WSDLs that one of them needs, rewritten for zeep."""

    def __init__(self, folder: Path, files: dict[Path, Examined]) -> None:
        self._folder = folder
        self._files = files
        self._copies: dict[str, etree._Element] = {}

    def add(self, file: Examined) -> None:
        """Take a WSDL and those that it imports."""
        place = _PLACE + file.name
        if place in self._copies or file.tree is None:
            return
        copy = self._copies[place] = etree.fromstring(etree.tostring(file.tree, encoding="UTF-8"), parser())
        for types in copy.findall(f"{WSDL}types"):
            copy.remove(types)
        copy.insert(0, _stubs(file, file.tree))
        for own, given in zip(file.tree.iterfind(f"{WSDL}import"), copy.findall(f"{WSDL}import"), strict=True):
            found = find_inside(self._folder, file.path.parent, own.get("location", ""))
            other = self._files.get(found) if found is not None else None
            if other is None or other.tree is None:
                if found is None and own.get("location"):
                    what = f"it imports '{own.get('location')}', which is not in the package."
                    raise SchemaError(f"{file.path.name}, line {own.sourceline}: {what}")
                copy.remove(given)  # an XSD: not for zeep
                continue
            given.set("location", _PLACE + other.name)
            # zeep knows a WSDL that imports it in turn by this.
            given.set("namespace", other.tree.get("targetNamespace", ""))
            self.add(other)

    def finish(self) -> dict[str, bytes]:
        """The texts by their address."""
        return {place: etree.tostring(copy, encoding="UTF-8") for place, copy in self._copies.items()}


def _stubs(file: Examined, tree: etree._Element) -> etree._Element:
    """One declaration for each name that a part uses. `SchemaError` for a part that uses none."""
    names: dict[tuple[str, str], set[str]] = {}
    for part in tree.iterfind(f"{WSDL}message/{WSDL}part"):
        kind = "element" if part.get("element") else "type"
        prefix, _, local = part.get(kind, "").strip().rpartition(":")
        space = part.nsmap.get(prefix or None)
        if not local or (prefix and space is None):
            what = f"the part '{part.get('name')}' names neither an element nor a type that is known here."
            raise SchemaError(f"{file.path.name}, line {part.sourceline}: {what}")
        if space != XSD[1:-1]:
            names.setdefault((space or "", kind), set()).add(local)
    types = etree.Element(f"{WSDL}types")
    types.extend([_stub(space, kind, sorted(found)) for (space, kind), found in sorted(names.items())])
    return types


def _stub(space: str, kind: str, names: list[str]) -> etree._Element:
    schema = etree.Element(f"{XSD}schema", {"targetNamespace": space} if space else {}, nsmap={"xs": XSD[1:-1]})
    for name in names:
        etree.SubElement(schema, f"{XSD}{'element' if kind == 'element' else 'complexType'}", {"name": name})
    return schema


def _operations(document: Document) -> Iterator[tuple[Any, str]]:
    """Every SOAP operation with the address of its port, SOAP 1.1 first, where zeep has understood its binding."""
    ports = [port for service in document.services.values() for port in service.ports.values() if port.binding]
    bindings = [(port.binding, (port.binding_options or {}).get("address") or "") for port in ports]
    seen = {id(binding) for binding, _ in bindings}
    bindings += [(each, "") for each in document.bindings.values() if id(each) not in seen]
    for kind in (Soap11Binding, Soap12Binding):
        for binding, address in bindings:
            if isinstance(binding, SoapBinding) and isinstance(binding, kind):
                every: Any = binding
                for operation in every.all().values():
                    yield operation, address


def _described(operation: Any, address: str, file: Examined) -> Described:
    rpc = operation.style == "rpc"
    asked, answered = operation.abstract.input_message, operation.abstract.output_message
    return Described(
        name=operation.name,
        action=operation.soapaction or "",
        style=Style.RPC if rpc else Style.DOCUMENT,
        request_root=_wrapper(operation.input) if rpc else _root(asked),
        answer_root=_wrapper(operation.output) if rpc else _root(answered),
        file=file.name,
        namespace=file.tree.get("targetNamespace", "") if file.tree is not None else "",
        address=address,
        parts=tuple(asked.parts) if rpc and asked is not None else (),
    )


def _wrapper(message: Any) -> str:
    body = getattr(message, "body", None)
    return str(body.qname.text) if body is not None else ""


def _root(message: Any) -> str:
    """The element of the first part that is not a header."""
    for part in message.parts.values() if message is not None else ():
        if part.element is not None and part.element.qname.localname.casefold() not in _HEADERS:
            return str(part.element.qname.text)
    return ""


def _complaint(file: Examined, words: str) -> SchemaError:
    """A complaint of zeep's, with the line that it is about: that of a name which it quotes."""
    said = (words.strip().splitlines() or [""])[0].rstrip(".")
    for name in _QUOTED.findall(said):
        for element in file.tree.iter(etree.Element) if file.tree is not None else ():
            if any(str(value).rpartition(":")[2] == name for value in element.attrib.values()):
                return SchemaError(f"{file.path.name}, line {element.sourceline or 1}: {said}.")
    return SchemaError(f"{file.path.name}, line 1: {said}.")
