"""The XSD documents that a schema is made of, read from one folder and from nowhere else.

What one document names (include, import) is looked for in the folder alone: no address, no absolute path, no way out
by ``..`` or a link. Packages are written with spaces, backslashes and wrong case in ``schemaLocation``; that is seen
past. No document may have a DTD. The documents come out rewritten: an include names another document of the list by
its number (``1.xsd``), an import no place at all, so that no library could look for one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from caiso_desktop.model.error import SchemaError

XSD = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"

MOST_DOCUMENTS = 400
MOST_BYTES = 64 << 20
"""Bounds on one schema: its documents, and their bytes together."""


@dataclass(slots=True)
class SchemaDocument:
    """One ``xs:schema``: its tree with rewritten references, its namespace, and the file it stands in.

    ``includes`` and ``imports`` hold the numbers of the documents it names; ``lost`` what it names and is not there.
    """

    number: int
    namespace: str
    root: etree._Element
    file: Path
    includes: list[int] = field(default_factory=list)
    imports: list[int] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name that the other documents call it by."""
        return f"{self.number}.xsd"


class SchemaFolder:
    """Reads the documents that one file of a folder needs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._documents: list[SchemaDocument] = []
        self._read: dict[tuple[Path, str], list[SchemaDocument]] = {}
        self._bytes = 0
        self._by_namespace: dict[str, list[Path]] | None = None

    def documents(self, entry: str) -> list[SchemaDocument]:
        """The documents of a file and all it names, that of the file first. `SchemaError` where one cannot be read."""
        path = self._find(self._folder, entry)
        if path is None:
            raise SchemaError(f"{entry} is not in the package.")
        if not self._load(path, ""):
            raise SchemaError(f"{path.name} holds no schema.")
        return self._documents

    def _load(self, path: Path, adopted: str) -> list[SchemaDocument]:
        """The documents of one file; ``adopted`` is the namespace of whoever includes it, for a file without one."""
        known = self._read.get((path, ""), None) or self._read.get((path, adopted))
        if known is not None:
            return known
        tree = self._parse(path)
        if tree.tag == f"{WSDL}definitions":
            roots = [root for types in tree.iterfind(f"{WSDL}types") for root in types.iterfind(f"{XSD}schema")]
            # A WSDL may hold no types of its own, only what it imports.
            others = [each.get("location", "") for each in tree.iterfind(f"{WSDL}import")]
        elif tree.tag == f"{XSD}schema":
            roots, others = [tree], []
        else:
            raise SchemaError(f"{path.name} is no XML schema: its root is <{etree.QName(tree).localname}>.")
        chameleon = tree.tag == f"{XSD}schema" and tree.get("targetNamespace") is None and bool(adopted)
        found = self._read[path, adopted if chameleon else ""] = [self._add(root, path, adopted) for root in roots]
        for document in found:
            self._follow(document)
        for other in others:
            place = self._find(path.parent, other)
            if place is not None:
                found.extend(self._load(place, ""))
        return found

    def _add(self, root: etree._Element, path: Path, adopted: str) -> SchemaDocument:
        if len(self._documents) >= MOST_DOCUMENTS:
            raise SchemaError(f"it names more than {MOST_DOCUMENTS} documents, which is more than is read here.")
        namespace = root.get("targetNamespace")
        if namespace is None and adopted:
            root = _adopt(root, adopted)
        document = SchemaDocument(len(self._documents), namespace or adopted, root, path)
        self._documents.append(document)
        return document

    def _follow(self, document: SchemaDocument) -> None:
        for reference in [each for each in document.root if each.tag in _REFERENCES]:
            location = reference.get("schemaLocation")
            if reference.tag == f"{XSD}import":
                found = self._import(document, reference.get("namespace", ""), location)
                document.imports.extend(each.number for each in found)
            else:
                place = self._find(document.file.parent, location or "")
                if place is None:
                    raise SchemaError(f"{_at(document, reference)}: it includes '{location}', which is not there.")
                found = self._load(place, document.namespace)
                if found[:1] == [document]:
                    document.root.remove(reference)  # itself: it is there already
                    continue
                document.includes.extend(each.number for each in found)
            if location is not None:
                del reference.attrib["schemaLocation"]
            if found and reference.tag != f"{XSD}import":
                reference.set("schemaLocation", found[0].name)

    def _import(self, document: SchemaDocument, namespace: str, location: str | None) -> list[SchemaDocument]:
        if namespace == XML_NAMESPACE:
            return []
        place = self._find(document.file.parent, location) if location else None
        if place is not None:
            return self._load(place, "")
        # Another schema of the same WSDL, or a file that the reference does not lead to.
        beside = [each for each in self._documents if each.namespace == namespace and each.file == document.file]
        if beside:
            return beside
        others = self._with_namespace(namespace)
        if others:
            return self._load(others[0], "")
        # Perhaps nothing uses it; whoever needs it will say so.
        document.lost.append(location or namespace)
        return []

    def _find(self, start: Path, location: str) -> Path | None:
        return find_inside(self._folder, start, location)

    def _with_namespace(self, namespace: str) -> list[Path]:
        """The files of the folder whose schema has a namespace."""
        if self._by_namespace is None:
            self._by_namespace = {}
            for path in sorted(self._folder.rglob("*.[xX][sS][dD]"))[:MOST_DOCUMENTS]:
                # A link may lead out of the folder.
                if self._folder in path.resolve().parents:
                    self._by_namespace.setdefault(_namespace_of(path), []).append(path)
        return self._by_namespace.get(namespace, [])

    def _parse(self, path: Path) -> etree._Element:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise SchemaError(f"{path.name} could not be read ({error.strerror}).") from error
        self._bytes += len(data)
        if self._bytes > MOST_BYTES:
            raise SchemaError(f"its documents are larger than {MOST_BYTES >> 20} MB together.")
        try:
            tree = etree.fromstring(data, parser())
        except (etree.XMLSyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            raise SchemaError(f"{path.name}, line {line}: it is not well-formed XML.") from error
        if tree.getroottree().docinfo.doctype:
            raise SchemaError(f"{path.name}: it has a DOCTYPE, which is not read here.")
        return tree


_REFERENCES = {f"{XSD}include", f"{XSD}import", f"{XSD}redefine"}


def parser() -> etree.XMLParser:
    """A parser that reads no DTD, no entity and no network."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def find_inside(folder: Path, start: Path, location: str) -> Path | None:
    """A file of a (resolved) folder by a reference as it is written in a file that lies in ``start``, or None.

    Spaces, backslashes and wrong case are seen past; addresses, absolute paths and ways out of the folder lead nowhere.
    """
    written = unquote(location.strip()).replace("\\", "/").partition("#")[0]
    if not written or ":" in written or written.startswith("/"):
        return None
    place = start
    for part in written.split("/"):
        step = part.strip()
        if step in ("", "."):
            continue
        found = place.parent if step == ".." else _child(place, step)
        if found is None:
            return None
        place = found.resolve()
        if place != folder and folder not in place.parents:
            return None
    return place if place.is_file() else None


def _child(folder: Path, name: str) -> Path | None:
    exact = folder / name
    if exact.exists():
        return exact
    wanted = " ".join(name.split()).casefold()
    try:
        found = sorted(each for each in folder.iterdir() if " ".join(each.name.split()).casefold() == wanted)
    except OSError:
        return None
    return found[0] if found else None


def _adopt(root: etree._Element, namespace: str) -> etree._Element:
    """A schema without a namespace as if it had that of the one that includes it."""
    mapping = dict(root.nsmap)
    # Names without a prefix mean the schema's own, unless the prefix-less namespace is XSD's.
    mapping.setdefault(None, namespace)
    try:
        adopted = etree.Element(root.tag, dict(root.attrib), nsmap=mapping)
    except ValueError as error:
        raise SchemaError(f"'{namespace}' is no address that a namespace may have.") from error
    adopted.set("targetNamespace", namespace)
    adopted.extend(list(root))
    return adopted


def _namespace_of(path: Path) -> str:
    """The namespace of a schema, from its first tag alone; empty where it has none or cannot be read."""
    try:
        with path.open("rb") as file:
            for _, element in etree.iterparse(
                file, events=("start",), resolve_entities=False, no_network=True, load_dtd=False
            ):
                return element.get("targetNamespace", "")
    except (etree.XMLSyntaxError, OSError):
        pass
    return ""


def _at(document: SchemaDocument, element: etree._Element) -> str:
    return f"{document.file.name}, line {element.sourceline}"


def named(documents: list[SchemaDocument]) -> Iterator[tuple[SchemaDocument, etree._Element, str]]:
    """Every global declaration with its name in Clark notation."""
    for document in documents:
        space = f"{{{document.namespace}}}" if document.namespace else ""
        for element in document.root:
            name = element.get("name") if isinstance(element.tag, str) else None
            if name:
                yield document, element, space + name.strip()
