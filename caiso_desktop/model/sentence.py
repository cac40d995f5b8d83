"""What an error says as a sentence of its own: begun with a capital, ended with a full stop, its names as they are."""

import re

_PLAIN_WORD = re.compile(r"[a-z]+(?:['’-][a-z]+)*[,;:]?(?=\s|\Z)")
"""A word of the language; what has a dot, a slash, a digit or a capital within is the name of something."""


def begun(text: str) -> str:
    """With a capital at its beginning, unless it begins with a name: of a file, a host, an element."""
    return text[:1].upper() + text[1:] if _PLAIN_WORD.match(text) else text


def sentence(text: str) -> str:
    """Begun so, and ended; nothing stays nothing."""
    said = begun(text.strip())
    return said if not said or said[-1] in ".!?" else f"{said}."
