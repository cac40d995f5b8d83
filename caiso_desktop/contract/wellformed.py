"""Whether a payload is XML at all, told as one types; fast, without a tree, and safe to run in any thread."""

import re

from caiso_desktop.contract.document import read
from caiso_desktop.model.answer import Severity
from caiso_desktop.model.call import Operation, Problem
from caiso_desktop.model.schema import for_the_simulator

_SUFFIX = re.compile(r"_v\w+$")


def check(text: str | bytes, operation: Operation | None = None) -> Problem | None:
    """The first thing that is wrong with a payload, None when nothing is.

    An error is something that cannot be sent; a root that is not the operation's is a warning, because the names
    of an operation may be known by rule only.
    """
    document = read(text)
    if isinstance(document, Problem):
        return document
    if operation is None or document.root == operation.request_root:
        return None
    if for_the_simulator(document.root) and _split(document.root)[1] == _split(operation.request_root)[1]:
        return None
    sentence = difference(document.root, operation.request_root, operation.name, str(operation.basis))
    return Problem(Severity.WARNING, document.line, 1, sentence) if sentence else None


def difference(root: str, wanted: str, who: str, basis: str = "") -> str:
    """How a root (Clark notation) differs from the one that ``who`` takes, as a sentence; empty where it does not."""
    namespace, local = _split(root)
    wanted_namespace, wanted_local = _split(wanted)
    told = f" ({basis})" if basis else ""
    if _SUFFIX.sub("", local) != _SUFFIX.sub("", wanted_local):
        return f"{who} takes <{wanted_local}>{told}, but the payload is <{local}>."
    if namespace != wanted_namespace:
        given = f"“{namespace}”" if namespace else "none"
        return f"<{local}> should have the namespace “{wanted_namespace}”{told}; it has {given}."
    return ""


def _split(clark: str) -> tuple[str, str]:
    namespace, _, local = clark.rpartition("}")
    return namespace.removeprefix("{"), local
