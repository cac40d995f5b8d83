"""What libxml2 finds wrong, in a person's words: what, what is allowed instead, and where."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from caiso_desktop.contract.pattern import matches
from caiso_desktop.model.fit import complaint
from caiso_desktop.model.shape import Attribute, Contents, Field, Shape
from caiso_desktop.model.step import Step
from caiso_desktop.model.value import Value

MOST_EXPECTED = 6

_QUALIFIED = re.compile(r"\{[^{}]*\}")
_ATTRIBUTE = re.compile(r"attribute '(?:\{[^}]*\})?([^']+)'")
_MISSING_ATTRIBUTE = re.compile(r"[Tt]he attribute '(?:\{[^}]*\})?([^']+)' is required but missing")
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.*) \)")
_OTHER = re.compile(r"^Element '[^']*'(?:, attribute '[^']*')?: ")


@dataclass(frozen=True, slots=True)
class Finding:
    """What libxml2 said about an element or an attribute: its message's kind and words, and the element's text."""

    kind: str
    message: str
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


def sentence(shape: Shape, path: Sequence[Step], finding: Finding) -> tuple[str, str]:
    """A sentence about a finding at a path, and the name of the attribute that it is about (empty for an element)."""
    name = path[-1].local if path else ""
    if finding.kind == "SCHEMAV_ELEMENT_CONTENT":
        return _content(shape, path, finding.message), ""
    missing = _MISSING_ATTRIBUTE.search(finding.message)
    if missing:
        return f"<{name}> lacks its attribute {missing[1]}.", missing[1]
    field = shape.at(tuple(path))
    attribute = _ATTRIBUTE.search(finding.message)
    if attribute:
        return _attribute(shape, field, name, attribute[1], finding), attribute[1]
    value = _value_of(shape, field)
    if value is not None and finding.kind not in _NOT_ABOUT_VALUES:
        said = wrong(value, finding.text)
        if said:
            return f"<{name}>: {said}", ""
    return _plain(name, finding), ""


def wrong(value: Value, text: str) -> str:
    """What is wrong with a text as a value, its patterns among it; empty where nothing is."""
    said = complaint(value, text)
    if said:
        return said
    failed = next((pattern for pattern in value.patterns if not matches(pattern, text)), None)
    shown = f"“{text[:57]}…”" if len(text) > 60 else f"“{text}”"
    return "" if failed is None else f"{shown} does not have the form that is wanted: {failed}"


_NOT_ABOUT_VALUES = {
    "SCHEMAV_CVC_ELT_1",
    "SCHEMAV_CVC_ELT_2",
    "SCHEMAV_CVC_ELT_3_1",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_1",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3",
}
_WORDS = {
    "SCHEMAV_CVC_ELT_2": "<{0}> only stands for others: write one of those instead.",
    "SCHEMAV_CVC_ELT_3_1": "<{0}> cannot be nil: the schema does not allow it.",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_1": "<{0}> must be empty.",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "<{0}> holds elements only; there is text between them.",
    "SCHEMAV_CVC_IDC": "<{0}>: a value that must be unique stands twice, or one that is referred to is missing.",
}


def _plain(name: str, finding: Finding) -> str:
    words = _WORDS.get(finding.kind)
    if words is not None:
        return words.format(name)
    rest = _QUALIFIED.sub("", _OTHER.sub("", finding.message.strip()))
    return f"<{name}>: {rest}" if name else rest


def _attribute(shape: Shape, field: Field | None, name: str, attribute: str, finding: Finding) -> str:
    contents = shape.inside(field) if field is not None else None
    declared = next((each for each in _attributes(contents) if each.name.rpartition("}")[2] == attribute), None)
    if declared is None:
        known = ", ".join(each.name.rpartition("}")[2] for each in _attributes(contents))
        return f"<{name}> has no attribute {attribute}{f'; it has {known}' if known else ''}."
    written = dict(finding.attributes).get(declared.name, "")
    said = wrong(declared.value, written)
    return f"<{name}>, attribute {attribute}: {said}" if said else _plain(name, finding)


def _attributes(contents: Contents | None) -> tuple[Attribute, ...]:
    return contents.attributes if contents is not None else ()


def _value_of(shape: Shape, field: Field | None) -> Value | None:
    if field is None:
        return None
    contents = shape.inside(field)
    return field.value if contents is None else contents.value


def _content(shape: Shape, path: Sequence[Step], message: str) -> str:
    """What is wrong with the elements inside another: one too many, one too few, or one that does not belong."""
    expected = _expected(message)
    name = path[-1].local if path else ""
    if "Missing child" in message:
        return f"<{name}> ends too soon: {_listed(expected)} is missing." if expected else f"<{name}> ends too soon."
    parent = shape.at(tuple(path[:-1]))
    around = path[-2].local if len(path) > 1 else ""
    if parent is None or not path:
        return f"<{name}> is not expected here{_instead(expected)}."
    if shape.child(parent, path[-1].name) is not None:
        if path[-1].index or not expected:
            return f"<{name}> stands once too often, or does not go with what stands before it{_instead(expected)}."
        return f"{_listed(expected)} is missing before <{name}>."
    inside = shape.inside(parent)
    names = list(dict.fromkeys(field.local for field in inside.fields())) if inside is not None else []
    if name in names:
        namespace = path[-1].name.rpartition("}")[0].removeprefix("{")
        shown = f"“{namespace}”" if namespace else "none"
        return f"<{name}> has the namespace {shown}, which is not the one that <{around}> wants."
    near = get_close_matches(name, names, n=1, cutoff=0.75)
    meant = f" Is <{near[0]}> meant?" if near else ""
    return f"<{name}> does not belong in <{around}>{_instead(expected)}.{meant}"


def _expected(message: str) -> list[str]:
    found = _EXPECTED.search(message)
    if not found:
        return []
    names = [_QUALIFIED.sub("", each.strip()) for each in found[1].split(", ")]
    return list(dict.fromkeys(f"<{name}>" for name in names if name and "*" not in name))


def _instead(expected: list[str]) -> str:
    return f"; expected is {_listed(expected)}" if expected else ""


def _listed(names: list[str]) -> str:
    shown = names[:MOST_EXPECTED]
    if len(names) > MOST_EXPECTED:
        return f"{', '.join(shown)} or one of {len(names) - MOST_EXPECTED} more"
    return " or ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else ""
