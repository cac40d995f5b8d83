"""What the acronyms of a text stand for, for its tool tip."""

import re
from collections.abc import Mapping

_WORD = re.compile(r"[A-Z][A-Z0-9&-]*[A-Z0-9]")


def acronym_tip(text: str, acronyms: Mapping[str, str]) -> str:
    """A line for each acronym of the document that the text has, in the order in which it has them."""
    found = dict.fromkeys(word for word in _WORD.findall(text) if word in acronyms)
    return "\n".join(f"{word}: {acronyms[word]}" for word in found)
