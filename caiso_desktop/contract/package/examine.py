"""Looks at one file of a package: which kind it is, what it declares and names, or why it cannot be used."""

from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from lxml import etree

from caiso_desktop.contract.schema_folder import WSDL, XML_NAMESPACE, XSD, find_inside, parser
from caiso_desktop.model.package import Unreadable

DEEPEST = 256
"""Elements inside one another; libxml2's own bound."""

DOCTYPE = "it has a DOCTYPE. No DTD and no entity is read."
"""Why a document that has one is not read."""

_ROOTS = {f"{WSDL}definitions": "wsdl", f"{XSD}schema": "xsd"}
_REFERENCES = (f"{XSD}include", f"{XSD}import", f"{XSD}redefine")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a schema names: by ``include``, ``import`` or ``redefine``, of which namespace, on which line."""

    verb: str
    location: str
    namespace: str
    line: int


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that can be read. ``tree`` is kept for a WSDL only; ``roots`` are the elements an XSD declares globally
    (Clark notation), ``namespaces`` those of its schemas.
    """

    path: Path
    name: str
    tree: etree._Element | None
    roots: tuple[str, ...]
    namespaces: frozenset[str]
    references: tuple[Reference, ...]


def examine(folder: Path, path: Path) -> Examined | Unreadable | None:
    """Look at a file of a (resolved) folder; None where it is XML, but neither WSDL nor XSD."""
    name = path.relative_to(folder).as_posix()
    try:
        data = path.read_bytes()
    except OSError as error:
        return Unreadable(name, 0, f"it could not be read ({error.strerror}).")
    try:
        tree = parsed(data)
    except NotRead as error:
        return Unreadable(name, error.line, error.why)
    kind = _ROOTS.get(str(tree.tag))
    if kind is None:
        return None
    schemas = [tree] if kind == "xsd" else list(tree.iterfind(f"{WSDL}types/{XSD}schema"))
    return Examined(
        path=path,
        name=name,
        tree=tree if kind == "wsdl" else None,
        roots=tuple(_clark(tree, each) for each in tree.iterfind(f"{XSD}element")) if kind == "xsd" else (),
        namespaces=frozenset(each.get("targetNamespace", "") for each in schemas),
        references=tuple(_reference(each) for schema in schemas for each in schema if each.tag in _REFERENCES),
    )


def lost(folder: Path, file: Examined, known: frozenset[str]) -> list[Unreadable]:
    """What a file names and does not get, where no other file (``known`` are all namespaces) can stand in for it."""
    found = []
    for reference in file.references:
        location = reference.location.strip()
        if not location or find_inside(folder, file.path.parent, location) is not None:
            continue
        if reference.verb == "import" and (reference.namespace in known or reference.namespace == XML_NAMESPACE):
            continue
        outside = "It lies outside of the package, and nothing is read from there." if _outside(location) else ""
        why = f"it names '{location}', which is not in the package. {outside}".strip()
        found.append(Unreadable(file.name, reference.line, why))
    return found


class NotRead(Exception):
    """An XML document that is not read: on which line, and why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


def parsed(data: bytes) -> etree._Element:
    """The root of a document without DTD and entities; `NotRead` where it is none."""
    line = doctype_line(data)
    if line:
        raise NotRead(line, DOCTYPE)
    try:
        tree = etree.fromstring(data, parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotRead(getattr(error, "lineno", None) or 1, _sentence(error)) from error
    # In an encoding that expat does not know.
    if tree.getroottree().docinfo.doctype:
        raise NotRead(1, DOCTYPE)
    return tree


def doctype_line(data: bytes) -> int:
    """The line of a document's DOCTYPE, 0 where it has none; nothing after it is read."""
    found = [0]
    scan = expat.ParserCreate()

    def doctype(*declared: object) -> None:
        found[0] = scan.CurrentLineNumber
        raise _Enough

    def element(*opened: object) -> None:
        raise _Enough

    scan.StartDoctypeDeclHandler = doctype
    scan.StartElementHandler = element
    try:
        for start in range(0, len(data), 1 << 16):
            scan.Parse(data[start : start + (1 << 16)])
    except (_Enough, expat.ExpatError, LookupError, ValueError):
        pass
    return found[0]


class _Enough(Exception):
    """Nothing more to see."""


def _sentence(error: Exception) -> str:
    said = str(error)
    if "depth" in said:
        return f"its elements are nested deeper than {DEEPEST}."
    return f"it is not well-formed XML ({said.partition(', line')[0].strip().rstrip('.')})."


def _outside(location: str) -> bool:
    written = location.replace("\\", "/")
    return ":" in written or written.startswith("/") or ".." in written.split("/")


def _reference(element: etree._Element) -> Reference:
    verb = etree.QName(element).localname
    return Reference(
        verb, element.get("schemaLocation", ""), element.get("namespace", ""), int(element.sourceline or 0)
    )


def _clark(schema: etree._Element, element: etree._Element) -> str:
    space, name = schema.get("targetNamespace"), element.get("name", "").strip()
    return f"{{{space}}}{name}" if space else name
