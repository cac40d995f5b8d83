"""How a payload's root element differs from the one that an operation takes, in words."""

import re

_SUFFIX = re.compile(r"_v\w+$")


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
