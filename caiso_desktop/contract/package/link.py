"""What a WSDL or XSD that came from an address names, and the same document naming files instead."""

from collections.abc import Iterator, Mapping

from lxml import etree

from caiso_desktop.contract.package.examine import NotRead, parsed
from caiso_desktop.contract.schema_folder import WSDL, XSD
from caiso_desktop.model.error import SchemaError

_LOCATIONS = {
    f"{WSDL}import": "location",
    f"{XSD}import": "schemaLocation",
    f"{XSD}include": "schemaLocation",
    f"{XSD}redefine": "schemaLocation",
}


def suffix_of(data: bytes) -> str:
    """``.wsdl`` or ``.xsd``. `SchemaError` for whatever is neither."""
    tag = _parse(data).tag
    if tag == f"{WSDL}definitions":
        return ".wsdl"
    if tag == f"{XSD}schema":
        return ".xsd"
    raise SchemaError(f"it is neither WSDL nor XSD, but <{etree.QName(str(tag)).localname}>.")


def links(data: bytes) -> list[str]:
    """The locations that a document names, each once, as they are written."""
    return list(dict.fromkeys(element.get(name, "") for element, name in _linking(_parse(data))))


def relinked(data: bytes, places: Mapping[str, str]) -> bytes:
    """The document with other locations; those that ``places`` does not have stay as they are."""
    tree = _parse(data)
    for element, name in _linking(tree):
        element.set(name, places.get(element.get(name, ""), element.get(name, "")))
    return etree.tostring(tree.getroottree(), xml_declaration=True, encoding="UTF-8")


def _linking(tree: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    for element in tree.iter(*_LOCATIONS):
        name = _LOCATIONS[str(element.tag)]
        if element.get(name, "").strip():
            yield element, name


def _parse(data: bytes) -> etree._Element:
    try:
        return parsed(data)
    except NotRead as error:
        raise SchemaError(f"line {error.line}: {error.why}") from error
