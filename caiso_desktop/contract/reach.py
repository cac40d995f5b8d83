"""What a root element reaches of a schema: the declarations that a document with this root may need, and no other."""

from collections.abc import Iterable

from lxml import etree

from caiso_desktop.contract.schema_folder import XML_NAMESPACE, XSD, SchemaDocument, named
from caiso_desktop.model.error import SchemaError

_QNAMES = ("type", "base", "ref", "itemType", "memberTypes", "substitutionGroup", "refer")
MOST_DERIVED = 40
"""Types made from one that is not abstract; where there are more, it is what a package is built on, and no choice."""
MOST_CANDIDATES = 60
"""Elements that are offered where any may stand: more are no list to choose from, and cost time to look into."""

_TYPES = {f"{XSD}complexType", f"{XSD}simpleType"}
_KINDS = {
    "type": "type", "base": "type", "itemType": "type", "memberTypes": "type",
    "substitutionGroup": "element", "refer": "key",
}  # fmt: skip
_NAMED = {
    f"{XSD}element": "element",
    f"{XSD}complexType": "type",
    f"{XSD}simpleType": "type",
    f"{XSD}group": "group",
    f"{XSD}attributeGroup": "attributeGroup",
    f"{XSD}attribute": "attribute",
    f"{XSD}notation": "notation",
}

# A declaration by what it is and its Clark name.
_Key = tuple[str, str]


def reached(documents: list[SchemaDocument], root: str) -> list[str]:
    """The documents as text, that of the root first, with only what the root element reaches."""
    declared: dict[_Key, tuple[SchemaDocument, etree._Element]] = {}
    substitutes: dict[str, list[_Key]] = {}
    derived: dict[str, list[_Key]] = {}
    for document, element, name in named(documents):
        kind = _NAMED.get(str(element.tag))
        if kind is None:
            continue
        declared.setdefault((kind, name), (document, element))
        head = element.get("substitutionGroup")
        if head:
            for each in head.split():
                substitutes.setdefault(_clark(element, each), []).append((kind, name))
        for base in _bases(element) if element.tag in _TYPES else ():
            derived.setdefault(_clark(element, base), []).append((kind, name))
    wanted = _closure(("element", root), declared, substitutes, derived)
    if ("element", root) not in wanted:
        raise SchemaError(f"{documents[0].file.name} declares no element <{_local(root)}>.")
    first = declared["element", root][0]
    kept = {first.number: [], **{each.number: [] for each in documents}}  # type: dict[int, list[etree._Element]]
    for key in declared:
        if key in wanted:
            document, element = declared[key]
            kept[document.number].append(element)
    return [_pruned(documents[number], found) for number, found in kept.items() if found]


def _closure(
    start: _Key,
    declared: dict[_Key, tuple[SchemaDocument, etree._Element]],
    substitutes: dict[str, list[_Key]],
    derived: dict[str, list[_Key]],
) -> set[_Key]:
    wanted: set[_Key] = set()
    standing: set[_Key] = set()
    # With each whether it is the type of an element, so that types made from it can stand there too.
    waiting = [(start, False)]
    while waiting:
        key, stands = waiting.pop()
        if key not in declared or (key in wanted and (not stands or key in standing)):
            continue
        document, element = declared[key]
        kind, name = key
        if stands:
            standing.add(key)
            waiting.extend((each, True) for each in _made_from(element, derived.get(name, [])))
        if key in wanted:
            continue
        wanted.add(key)
        if kind == "element":
            waiting.extend((each, False) for each in substitutes.get(name, ()))
        waiting.extend(_references(element))
        for wild in element.iter(f"{XSD}any"):
            waiting.extend((each, False) for each in _candidates(wild, document.namespace, declared))
    return wanted


def _made_from(element: etree._Element, derived: list[_Key]) -> list[_Key]:
    """The types that can be named instead of one; of an abstract type only these can stand in a document."""
    if element.tag != f"{XSD}complexType":
        return []
    return derived if len(derived) <= MOST_DERIVED or element.get("abstract") in ("true", "1") else []


def _candidates(wild: etree._Element, own: str, declared: Iterable[_Key]) -> list[_Key]:
    """The elements that may stand where a schema lets any of some namespaces stand."""
    if wild.get("processContents") == "skip":
        return []
    spaces = wild.get("namespace", "##any").split()
    named = {"##targetNamespace": own, "##local": ""}
    allowed = {named.get(each, each) for each in spaces}

    def fits(space: str) -> bool:
        return "##any" in spaces or space in allowed or ("##other" in spaces and space not in (own, ""))

    found = [key for key in declared if key[0] == "element" and fits(_space(key[1]))]
    return sorted(found, key=lambda key: (_local(key[1]), key[1]))[:MOST_CANDIDATES]


def _references(declaration: etree._Element) -> Iterable[tuple[_Key, bool]]:
    """What a declaration names, and whether it is the type of an element."""
    for element in declaration.iter(etree.Element):
        for attribute in _QNAMES:
            value = element.get(attribute)
            if value and _is_reference(element, attribute):
                kind = _KINDS.get(attribute) or _NAMED.get(str(element.tag), "")
                for each in value.split():
                    yield (kind, _clark(element, each)), attribute == "type" and element.tag == f"{XSD}element"


def _bases(element: etree._Element) -> list[str]:
    return [each.get("base", "") for each in element.iter(f"{XSD}extension", f"{XSD}restriction") if each.get("base")]


def _clark(element: etree._Element, name: str) -> str:
    prefix, _, local = name.rpartition(":")
    space = XML_NAMESPACE if prefix == "xml" else element.nsmap.get(prefix or None)
    return f"{{{space}}}{local}" if space else local


def _pruned(document: SchemaDocument, kept: list[etree._Element]) -> str:
    """A document with these declarations only, and with names under prefixes of ours.

    xmlschema knows the prefixes of a schema's root; what is declared anew further down, it would read wrongly.
    """
    used = {_space(name) for each in kept for (_, name), _ in _references(each)}
    prefixes = {space: f"q{number}" for number, space in enumerate(sorted(used - {"", XML_NAMESPACE}), 1)}
    own = {prefix: space for prefix, space in document.root.nsmap.items() if prefix is not None}
    spaces = {**own, **{prefix: space for space, prefix in prefixes.items()}, "xs": XSD[1:-1]}
    prefixes[XML_NAMESPACE] = "xml"
    root = etree.Element(document.root.tag, dict(document.root.attrib), nsmap=spaces)
    imported = {each.get("namespace", "") for each in document.root.iterfind(f"{XSD}import")}
    for space in sorted(imported):
        etree.SubElement(root, f"{XSD}import", {"namespace": space} if space else {})
    for each in kept:
        _copy(each, root, prefixes)
    return etree.tostring(root, encoding="unicode")


def _copy(element: etree._Element, parent: etree._Element, prefixes: dict[str, str]) -> None:
    copy = etree.SubElement(parent, element.tag, dict(element.attrib))
    copy.text, copy.tail = element.text, element.tail
    for attribute in _QNAMES:
        value = copy.get(attribute)
        if value and _is_reference(element, attribute):
            names = (_clark(element, each) for each in value.split())
            copy.set(attribute, " ".join(_written(name, prefixes) for name in names))
    for child in element.iterchildren(etree.Element):
        _copy(child, copy, prefixes)


def _is_reference(element: etree._Element, attribute: str) -> bool:
    """Whether an attribute names a declaration; ``ref`` and the like stand in documentation too."""
    return str(element.tag).startswith(XSD) and bool(_KINDS.get(attribute) or _NAMED.get(str(element.tag)))


def _written(name: str, prefixes: dict[str, str]) -> str:
    space = _space(name)
    return f"{prefixes[space]}:{_local(name)}" if space else name


def _space(name: str) -> str:
    return name.rpartition("}")[0].removeprefix("{")


def _local(name: str) -> str:
    return name.rpartition("}")[2]
