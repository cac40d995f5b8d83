"""Regular expressions say the same in every Python that the program runs in."""

import re

import pytest

from tests.conftest import CHECKOUT

POSSESSIVE_GROUP = re.compile(r"\)(?:[*+?]|\{[\d,]+\})\+")


def test_no_group_is_repeated_possessively() -> None:
    """CPython before 3.11.5 then goes on behind a repetition that failed half way; an atomic group is right."""
    found = [
        f"{path.relative_to(CHECKOUT)}, line {number}: {line.strip()}"
        for path in sorted((CHECKOUT / "caiso_desktop").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if POSSESSIVE_GROUP.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("text", [")*+", ")++", "){2}+", ")?+"])
def test_such_a_group_would_be_found(text: str) -> None:
    assert POSSESSIVE_GROUP.search(f"(?:ab{text}")
