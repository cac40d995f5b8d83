"""How a new element is written where it goes: its prefix, its attributes, its indentation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.markup import check_name, escaped, quoted, split
from caiso_desktop.model.outline import Node

XSI = "http://www.w3.org/2001/XMLSchema-instance"
_PREFIXES = {XSI: "xsi"}


@dataclass(frozen=True, slots=True)
class Element:
    """An element to be added: its name in Clark notation, and what it says or what lies in it."""

    name: str
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple["Element", ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """An element as somebody has written it: its text, known to be well-formed with the prefixes known where it goes,
    from its ``<`` to behind its end tag.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Spelling:
    """Writes for a draft: its encoding, its line ends, and none of the prefixes that it has for something else."""

    draft: Draft

    def written(self, written: Written) -> str:
        """What somebody has written, with the line ends of the draft; refused where its encoding cannot write it."""
        text = re.sub("\r\n?|\n", self.draft.newline, written.text)
        try:
            text.encode(self.draft.encoding)
        except UnicodeEncodeError as error:
            raise EditRefused(
                f"“{text[error.start]}” cannot be written in the payload's encoding, {self.draft.encoding}.",
                advice=f"Write it as &#{ord(text[error.start])}; instead.",
            ) from error
        return text

    def type_name(self, name: str, scope: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """The name of a type as a value, and what has to be declared for it: the default namespace counts for it too.

        `EditRefused` for one without a namespace, where a default one is declared.
        """
        namespace, local = split(name)
        if not namespace and scope.get("", ""):
            raise EditRefused(
                f"The type {local} has no namespace, so it cannot be named where {scope['']} is the default one.",
                advice="Give the elements a prefix in the XML first.",
            )
        if namespace and scope.get("") == namespace:
            return local, {}
        return self.name(name, scope, attribute=True)

    def element(
        self, element: Element, scope: Mapping[str, str], lead: str, unit: str, parent: Node | None = None
    ) -> str:
        """An element as text, where the prefixes of ``scope`` are known.

        ``lead`` is what stands before it, a line end and its indentation; empty where all stands in one line.
        """
        check_name(element.name)
        tag, declared = self.name(element.name, scope, near=parent)
        inner = {**scope, **declared}
        attributes = self.declarations(declared)
        for name, value in element.attributes:
            attribute, more = self.attribute(name, value, inner)
            inner.update(more)
            attributes += attribute
        deeper = lead + unit if lead else ""
        content = escaped(element.text, self.draft.encoding, self.draft.newline)
        for child in element.children:
            content += deeper + self.element(child, inner, deeper, unit)
        return f"<{tag}{attributes}>{content}{lead if element.children else ''}</{tag}>"

    def attribute(self, name: str, value: str, scope: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """An attribute as text, a space before it, with what it has to declare."""
        check_name(name)
        tag, declared = self.name(name, scope, attribute=True)
        return f'{self.declarations(declared)} {tag}="{quoted(value, self.draft.encoding)}"', declared

    def declarations(self, declared: Mapping[str, str]) -> str:
        """Declarations of prefixes as text."""
        return "".join(
            f' xmlns{":" if prefix else ""}{prefix}="{quoted(namespace, self.draft.encoding)}"'
            for prefix, namespace in declared.items()
        )

    def name(
        self, name: str, scope: Mapping[str, str], *, attribute: bool = False, near: Node | None = None
    ) -> tuple[str, dict[str, str]]:
        """A name as it is written where these prefixes are known, and what has to be declared for it."""
        namespace, local = split(name)
        if not namespace:
            return local, {} if attribute or not scope.get("", "") else {"": ""}
        fit = sorted(prefix for prefix, known in scope.items() if known == namespace and (prefix or not attribute))
        if near is not None and near.namespace == namespace:
            fit.sort(key=lambda prefix: prefix != near.tag.rpartition(":")[0])
        if fit:
            return f"{fit[0]}:{local}" if fit[0] else local, {}
        if not attribute:
            return local, {"": namespace}
        wanted = _PREFIXES.get(namespace, "ns1")
        number = 1
        while wanted in scope or f"{wanted}:" in self.draft.text:
            number += 1
            wanted = f"ns{number}"
        return f"{wanted}:{local}", {wanted: namespace}
