"""A first look at the settings, for who must not wait: it never fails and changes nothing."""

import json
from collections.abc import Mapping
from pathlib import Path

FORMAT = 1
"""The format of the settings file that this program writes."""


def peek(path: Path) -> Mapping[str, str]:
    """The texts of a settings file; none where it cannot be read, which `FileSettings` will tell."""
    try:
        document = json.loads(path.read_bytes())
        if document["format"] == FORMAT:
            return {name: text for name, text in document["settings"].items() if isinstance(text, str)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    return {}
