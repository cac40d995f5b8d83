"""What the numbers of a code list mean, out of a schema that comes with the program."""

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from caiso_desktop.contract.schema_folder import parser

_XS = "{http://www.w3.org/2001/XMLSchema}"


def code_words(schema: Path, lists: tuple[str, ...]) -> Mapping[str, Mapping[str, str]]:
    """The words of each value of these simple types, by the type's name."""
    root = etree.parse(schema, parser()).getroot()
    found: dict[str, Mapping[str, str]] = {}
    for kind in root.iter(f"{_XS}simpleType"):
        name = kind.get("name", "")
        if name in lists:
            values = kind.iter(f"{_XS}enumeration")
            found[name] = {v.get("value", ""): (v.findtext(f".//{_XS}documentation") or "").strip() for v in values}
    return found
