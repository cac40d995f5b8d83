"""Elements that a person writes for a place in a payload: read there, with the prefixes that are known there."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from caiso_desktop.model.answer import Severity
from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.form.addition import OpenPlace
from caiso_desktop.model.markup import quoted, split
from caiso_desktop.model.outline import Outline


@dataclass(frozen=True, slots=True)
class Fragment:
    """``elements`` as they were written, one text each; ``names`` are theirs in Clark notation."""

    elements: tuple[str, ...]
    names: tuple[str, ...]

    def doubt(self, place: OpenPlace) -> str:
        """What the schema has against elements of these names at a place; empty where it has nothing."""
        for name in self.names:
            namespace, local = split(name)
            if not place.wildcard.allows(namespace):
                whose = f"of the namespace {namespace}" if namespace else "without a namespace"
                return f"The schema lets no element {whose} stand here, as {local} is."
        return ""


def read_fragment(text: str, place: OpenPlace, outline: Callable[[Draft], Outline | Problem]) -> Fragment | Problem:
    """The elements in a text, or the first thing that is wrong with it, by line and column of the text.

    Comments between the elements are not taken along.
    """
    if not text.strip():
        return Problem(Severity.ERROR, 1, 1, "Write an element, such as <name>value</name>.")
    head = _head(place)
    whole = f"{head}{text}</{place.tag}>"
    found = outline(Draft(whole))
    if isinstance(found, Problem):
        return _moved(found, text, len(head))
    root = found.root
    if root.is_leaf or root.mixed:
        return Problem(Severity.ERROR, 1, 1, "There is text outside of the elements: only elements can stand here.")
    starts = found.starts(())
    pairs = list(zip(starts, root.children, strict=True))
    return Fragment(
        tuple(whole[start : start + node.length] for start, node in pairs), tuple(node.name for _, node in pairs)
    )


def _head(place: OpenPlace) -> str:
    """A start tag that makes the prefixes of the place known."""
    declared = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{quoted(namespace, "utf-8")}"'
        for prefix, namespace in place.scope.items()
        if prefix != "xml"
    )
    return f"<{place.tag}{declared}>"


def _moved(problem: Problem, text: str, head: int) -> Problem:
    """A problem by its place in the text, without what was put around it."""
    lines = text.split("\n")
    line = min(problem.line, len(lines))
    column = problem.column - head if problem.line == 1 else problem.column
    return replace(problem, line=line, column=max(1, min(column, len(lines[line - 1]) + 1)))
