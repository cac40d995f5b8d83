"""The rules of one document: its schema as libxml2 compiles it for verdicts, and as xmlschema tells it for shapes.

libxml2 gets the whole schema: it compiles thousands of types in a tenth of a second, validates without Python's lock,
and reads the largest documents as a stream. xmlschema keeps every facet and documentation but takes milliseconds for
each type, so it gets only the declarations that the root element reaches.
"""

import re
import threading
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import xmlschema
from lxml import etree

from caiso_desktop.contract.reach import reached
from caiso_desktop.contract.schema_folder import XML_NAMESPACE, XSD, SchemaDocument, SchemaFolder, named, parser
from caiso_desktop.model.error import SchemaError

_LINE = re.compile(r", line \d+$")
# What schemas mean by xml:lang and its like; xmlschema knows them by itself.
_XML_SCHEMA = "xml.xsd"
_OF_XML = f"""<xs:schema xmlns:xs="{XSD[1:-1]}" targetNamespace="{XML_NAMESPACE}">
<xs:attribute name="lang" type="xs:string"/><xs:attribute name="base" type="xs:anyURI"/>
<xs:attribute name="id" type="xs:ID"/><xs:attribute name="space"><xs:simpleType><xs:restriction base="xs:NCName">
<xs:enumeration value="default"/><xs:enumeration value="preserve"/></xs:restriction></xs:simpleType></xs:attribute>
<xs:attributeGroup name="specialAttrs"><xs:attribute ref="xml:base"/><xs:attribute ref="xml:lang"/>
<xs:attribute ref="xml:space"/><xs:attribute ref="xml:id"/></xs:attributeGroup></xs:schema>""".encode()


class Grammar:
    """The schema of one root element; what it is asked for is made once, in whichever thread asks first."""

    def __init__(self, folder: Path, entry: str, root: str) -> None:
        self.root = root
        self._folder = folder
        self._entry = entry
        self._lock = threading.Lock()

    @cached_property
    def documents(self) -> list[SchemaDocument]:
        """The documents that the schema is made of. `SchemaError` where one cannot be read."""
        return SchemaFolder(self._folder).documents(self._entry)

    @cached_property
    def checker(self) -> etree.XMLSchema:
        """What libxml2 validates with. `SchemaError` where it cannot make sense of the schema."""
        with self._lock:
            return compiled(self.documents)

    @cached_property
    def declaration(self) -> xmlschema.XsdElement:
        """The root's declaration, of a schema that holds what the root reaches. `SchemaError` where there is none."""
        with self._lock:
            sources = reached(self.documents, self.root)
            try:
                schema = xmlschema.XMLSchema(
                    [*sources],
                    validation="lax",
                    allow="none",
                    defuse="always",
                    use_fallback=False,
                )
            except xmlschema.XMLSchemaException as error:
                raise SchemaError(f"{self._entry}: {_first_line(error)}") from error
            found = schema.maps.elements.get(self.root)
            if found is None:
                raise SchemaError(f"{self._entry} declares no element <{_local(self.root)}>.")
            return found


def roots(documents: list[SchemaDocument]) -> tuple[str, ...]:
    """The elements that a document may begin with, in the order of the schema."""
    return tuple(name for _, element, name in named(documents) if element.tag == f"{XSD}element")


def compiled(documents: list[SchemaDocument]) -> etree.XMLSchema:
    """The documents as one schema of libxml2's, which sees them and nothing else."""
    texts = {document.name: etree.tostring(_placed(document, documents), encoding="UTF-8") for document in documents}
    texts[_XML_SCHEMA] = _OF_XML
    spaces: dict[str, list[SchemaDocument]] = {}
    for document in documents:
        spaces.setdefault(document.namespace, []).append(document)
    for number, (namespace, members) in enumerate(spaces.items()):
        texts[_gate(number)] = _schema(namespace, "include", [("", each.name) for each in members])
    begin = _schema("", "import", [(space, _gate(number)) for number, space in enumerate(spaces) if space])
    if "" in spaces:
        begin = texts[_gate(list(spaces).index(""))]
        if len(spaces) > 1:
            inner = [(space, _gate(number)) for number, space in enumerate(spaces) if space]
            begin = _schema("", "import", inner, also=[each.name for each in spaces[""]])
    reading = parser()
    reading.resolvers.add(_Only(texts))
    try:
        return etree.XMLSchema(etree.fromstring(begin, reading, base_url="schema.xsd"))
    except etree.XMLSchemaParseError as error:
        raise SchemaError(f"{_place(error, documents, texts)}it contradicts itself: {_first_line(error)}") from error


def _gate(number: int) -> str:
    """The name of the document that includes all those of one namespace.

    libxml2 reads each namespace from one place only, so all imports lead there.
    """
    return f"gate-{number}.xsd"


def _placed(document: SchemaDocument, documents: list[SchemaDocument]) -> etree._Element:
    """A document whose imports lead to the gates."""
    spaces = list(dict.fromkeys(each.namespace for each in documents))
    copy = etree.fromstring(etree.tostring(document.root, encoding="UTF-8", with_tail=False), parser())
    for reference in copy.iterfind(f"{XSD}import"):
        space = reference.get("namespace", "")
        if space == XML_NAMESPACE:
            reference.set("schemaLocation", _XML_SCHEMA)
        elif space in spaces:
            reference.set("schemaLocation", _gate(spaces.index(space)))
    return copy


def _schema(namespace: str, verb: str, places: list[tuple[str, str]], also: Iterable[str] = ()) -> bytes:
    attributes = {"targetNamespace": namespace} if namespace else {}
    root = etree.Element(f"{XSD}schema", attributes, nsmap={"xs": XSD[1:-1]})
    for space, place in places:
        reference = etree.SubElement(root, f"{XSD}{verb}", {"schemaLocation": place})
        if space:
            reference.set("namespace", space)
    for place in also:
        etree.SubElement(root, f"{XSD}include", {"schemaLocation": place})
    return etree.tostring(root)


class _Only(etree.Resolver):
    """Gives the documents it was made with, and refuses every other."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        super().__init__()
        self._texts = texts

    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:
        name = (system_url or "").rpartition("/")[2]
        # For any other an empty document: libxml2 then reports what it misses, and never looks for it itself.
        return self.resolve_string(self._texts.get(name, b""), context, base_url=name)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _place(error: etree.XMLSchemaParseError, documents: list[SchemaDocument], texts: dict[str, bytes]) -> str:
    """The file that libxml2 complains about first, with its line."""
    for entry in error.error_log:
        for document in documents:
            if entry.filename == document.name:
                return f"{document.file.name}, line {_line(document, texts[document.name], entry.line)}: "
    return ""


def _line(document: SchemaDocument, text: bytes, line: int) -> int:
    """The line in the file of what stands on a line of the text that libxml2 was given, where tags take one line."""
    found = document.root.sourceline or 1
    for was, given in zip(document.root.iter(), etree.fromstring(text, parser()).iter(), strict=False):
        if (given.sourceline or 0) > line:
            break
        found = was.sourceline or found
    return found


def _first_line(error: Exception) -> str:
    """What a library says, without the line of a text that only it has seen."""
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return f"{_LINE.sub('', said).rstrip('.')}."
