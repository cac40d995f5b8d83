"""The shape of a document, from what xmlschema tells of its root's declaration."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from types import MappingProxyType
from typing import Any

import xmlschema
from xmlschema.aliases import ElementType
from xmlschema.validators import (
    XsdAnyElement,
    XsdAtomicRestriction,
    XsdAttribute,
    XsdComplexType,
    XsdElement,
    XsdFacet,
    XsdGroup,
    XsdList,
    XsdSimpleType,
    XsdType,
    XsdUnion,
)
from xmlschema.validators.facets import XsdEnumerationFacets, XsdPatternFacets

from caiso_desktop.contract.reach import MOST_CANDIDATES
from caiso_desktop.contract.schema_folder import XML_NAMESPACE, XSD
from caiso_desktop.contract.unit import unit_of, zone_of
from caiso_desktop.model.provenance import Provenance
from caiso_desktop.model.shape import Attribute, Contents, Field, Group, Occurrence, Order, Particle, Shape, Wildcard
from caiso_desktop.model.value import Choice, Value

_ANY_TYPE = f"{XSD}anyType"
_OWN = {XSD[1:-1], XML_NAMESPACE, "http://www.w3.org/2001/XMLSchema-instance", "http://www.w3.org/1999/xlink"}
"""Namespaces whose declarations xmlschema has at hand for itself."""


def shape_of(declaration: XsdElement, provenance: Provenance) -> Shape:
    """The shape of the document whose root is declared so."""
    building = _Building()
    root = building.element(declaration)
    building.finish()
    return Shape(root, MappingProxyType(building.contents), provenance)


class _Building:
    """Fills the contents of a shape: each type once, those without a name once for each place."""

    def __init__(self) -> None:
        self.contents: dict[str, Contents] = {}
        self._keys: dict[int, str] = {}
        self._waiting: list[tuple[str, XsdComplexType]] = []
        self._values: dict[int, Value] = {}
        self._derived: dict[int, list[tuple[XsdComplexType, frozenset[str]]]] | None = None

    def finish(self) -> None:
        """Build what the root reaches."""
        while self._waiting:
            key, found = self._waiting.pop()
            self.contents[key] = self._inside(key, found)

    def element(self, declared: XsdElement, occurrence: Occurrence | None = None, *, alone: bool = False) -> Field:
        """The field of an element; ``alone`` for one that is itself a substitute."""
        kind = declared.type
        value, contents = self._kind(kind)
        name, documentation = declared.name or "", _documentation(declared) or _documentation(kind)
        local = name.rpartition("}")[2]
        # A number between attributes counts the same as one without.
        inner = value if value is not None else self._text(kind)
        head = declared.ref if declared.ref is not None else declared
        return Field(
            name=name,
            occurrence=occurrence or Occurrence(),
            value=value,
            contents=contents,
            nillable=bool(head.nillable),
            fixed=declared.fixed,
            default=declared.default,
            abstract=bool(head.abstract),
            documentation=documentation,
            unit=unit_of(local, inner, documentation),
            zone=zone_of(local, inner, documentation),
            substitutes=() if alone else tuple(self._substitutes(head)),
            variants=tuple(self._variants(kind, set(f"{head.block} {getattr(kind, 'block', '')}".split()))),
        )

    def value(self, kind: XsdSimpleType) -> Value:
        """What a simple type allows."""
        found = self._values.get(id(kind))
        if found is None:
            found = self._values[id(kind)] = self._value(kind)
        return found

    def _text(self, kind: XsdType) -> Value | None:
        """What the text of an element may be, where it may have one between its attributes."""
        content = kind if isinstance(kind, XsdSimpleType) else getattr(kind, "content", None)
        return self.value(content) if isinstance(content, XsdSimpleType) else None

    def _kind(self, kind: XsdType) -> tuple[Value | None, str]:
        if isinstance(kind, XsdComplexType):
            text = None if kind.attributes else self._text(kind)
            return (text, "") if text is not None else (None, self._key(kind))
        return self._text(kind), ""

    def _key(self, kind: XsdComplexType) -> str:
        key = self._keys.get(id(kind))
        if key is None:
            key = kind.name or f"#{len(self._keys)}"
            self._keys[id(kind)] = key
            self._waiting.append((key, kind))
        return key

    def _inside(self, key: str, kind: XsdComplexType) -> Contents:
        content = kind.content
        is_open = kind.name == _ANY_TYPE
        return Contents(
            key=key,
            name="" if key.startswith("#") else key,
            attributes=tuple(self._attributes(kind)),
            group=self._group(content) if isinstance(content, XsdGroup) and not is_open and len(content) else None,
            value=self._text(kind),
            mixed=bool(kind.mixed),
            abstract=bool(kind.abstract),
            open=is_open,
            documentation=_documentation(kind),
        )

    def _group(self, group: XsdGroup) -> Group:
        members: list[Particle] = []
        for member in group:
            occurrence = Occurrence(member.min_occurs, member.max_occurs)
            if occurrence.most == 0:
                continue
            if isinstance(member, XsdGroup):
                members.append(self._group(member))
            elif isinstance(member, XsdAnyElement):
                members.append(self._wildcard(member, occurrence))
            elif isinstance(member, XsdElement):
                members.append(self.element(member, occurrence))
        return Group(Order(group.model), tuple(members), Occurrence(group.min_occurs, group.max_occurs))

    def _attributes(self, kind: XsdComplexType) -> Iterator[Attribute]:
        for name, declared in kind.attributes.items():
            if name is None or not isinstance(declared, XsdAttribute) or declared.use == "prohibited":
                continue
            value, documentation = self.value(declared.type), _documentation(declared)
            local = name.rpartition("}")[2]
            yield Attribute(
                name=name,
                value=value,
                required=declared.use == "required",
                fixed=declared.fixed,
                default=declared.default,
                documentation=documentation,
                unit=unit_of(local, value, documentation),
                zone=zone_of(local, value, documentation),
            )

    def _substitutes(self, head: XsdElement) -> Iterator[Field]:
        if head.name not in head.maps.substitution_groups:
            return
        for each in sorted(head.iter_substitutes(), key=lambda found: found.name or ""):
            if not each.abstract:
                yield self.element(each, alone=True)

    def _variants(self, kind: XsdType, blocked: set[str]) -> Iterator[str]:
        """The types that an element of a type may name instead; of ``xs:anyType`` that would be every type there is."""
        if not isinstance(kind, XsdComplexType) or kind.name in (None, _ANY_TYPE):
            return
        if self._derived is None:
            self._derived = _derivations(kind)
        for each, ways in self._derived.get(id(kind), ()):
            if not each.abstract and not blocked.intersection(ways) and "#all" not in blocked:
                yield self._key(each)

    def _wildcard(self, wild: XsdAnyElement, occurrence: Occurrence) -> Wildcard:
        barred = set(wild.not_namespace)
        if "##other" in wild.namespace:
            barred |= {wild.target_namespace, ""}
        if wild.process_contents == "skip":
            return Wildcard(occurrence, tuple(sorted(wild.namespace)), tuple(sorted(barred)))
        found = Wildcard(occurrence, tuple(sorted(wild.namespace)) or ("##any",) * bool(barred), tuple(sorted(barred)))
        fit = (
            each
            for name, each in sorted(wild.maps.elements.items(), key=lambda pair: pair[0].rpartition("}")[::-1])
            if isinstance(each, XsdElement) and not each.abstract and found.allows(each.target_namespace)
            if each.target_namespace not in _OWN
        )
        candidates = tuple(self.element(each, alone=True) for each in islice(fit, MOST_CANDIDATES))
        return replace(found, candidates=candidates)

    def _value(self, kind: XsdSimpleType) -> Value:
        if (kind.name or "").startswith(XSD) and not isinstance(kind, XsdList):
            return Value(base=kind.local_name or "string", white_space=kind.white_space or "preserve")
        chain = [kind]
        while isinstance(chain[-1], XsdAtomicRestriction) and isinstance(chain[-1].base_type, XsdSimpleType):
            if (chain[-1].name or "").startswith(XSD):
                break
            chain.append(chain[-1].base_type)
        bottom = chain[-1]
        value = Value(
            base=_base(bottom),
            name=kind.name or "",
            documentation=_documentation(kind),
            white_space=kind.white_space or "preserve",
            item=self.value(bottom.item_type) if isinstance(bottom, XsdList) else None,
            members=tuple(map(self.value, bottom.member_types)) if isinstance(bottom, XsdUnion) else (),
        )
        for each in reversed(chain):
            value = _narrowed(value, each)
        return value


def _derivations(kind: XsdComplexType) -> dict[int, list[tuple[XsdComplexType, frozenset[str]]]]:
    """The complex types that are derived from each, in the order of their names, and the ways in which they are."""
    found: dict[int, list[tuple[XsdComplexType, frozenset[str]]]] = {}
    for _, each in sorted(kind.maps.types.items()):
        ways: frozenset[str] = frozenset()
        base, above = each, each.base_type
        while isinstance(each, XsdComplexType) and isinstance(above, XsdComplexType) and above is not base:
            ways |= {base.derivation or ""}
            found.setdefault(id(above), []).append((each, ways))
            base, above = above, above.base_type
    return found


def _base(bottom: XsdSimpleType) -> str:
    if isinstance(bottom, XsdList):
        return "list"
    if isinstance(bottom, XsdUnion):
        return "union"
    return bottom.local_name or "string"


def _narrowed(value: Value, kind: XsdSimpleType) -> Value:
    """A value with the facets of one step of its type's derivation; what a later step says counts."""
    if (kind.name or "").startswith(XSD):
        return value
    changes: dict[str, Any] = {}
    for facet in kind.facets.values():
        if isinstance(facet, XsdEnumerationFacets):
            changes["choices"] = tuple(Choice(each.get("value", ""), _words(each)) for each in facet)
        elif isinstance(facet, XsdPatternFacets):
            alternatives = [each.get("value", "") for each in facet]
            one = alternatives[0] if len(alternatives) == 1 else "|".join(f"({each})" for each in alternatives)
            changes["patterns"] = (*value.patterns, one)
        elif isinstance(facet, XsdFacet):
            changes.update(_facet(facet.elem.tag.removeprefix(XSD), facet.elem.get("value", "")))
    return replace(value, **changes)


def _facet(name: str, text: str) -> dict[str, Any]:
    match name:
        case "minInclusive" | "minExclusive":
            return {"minimum": text, "above": name == "minExclusive"}
        case "maxInclusive" | "maxExclusive":
            return {"maximum": text, "below": name == "maxExclusive"}
        case "length" | "minLength" | "maxLength" | "totalDigits" | "fractionDigits":
            return {_COUNTS[name]: int(text)} if text.strip().isdigit() else {}
        case _:
            return {}


_COUNTS = {
    "length": "length",
    "minLength": "shortest",
    "maxLength": "longest",
    "totalDigits": "total_digits",
    "fractionDigits": "fraction_digits",
}


def _documentation(component: xmlschema.XsdComponent) -> str:
    annotation = component.annotation
    return "" if annotation is None else _joined(annotation.elem)


def _words(facet: ElementType) -> str:
    """What the documentation of one allowed value says."""
    annotation = facet.find(f"{XSD}annotation")
    return "" if annotation is None else _joined(annotation)


def _joined(annotation: ElementType) -> str:
    """What ``xs:documentation`` says, on one line."""
    found = annotation.iterfind(f"{XSD}documentation")
    return " ".join(" ".join("".join(each.itertext()).split()) for each in found).strip()
