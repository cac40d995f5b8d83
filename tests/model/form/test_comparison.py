"""Rows that stay, go and come when a form is drawn anew."""

import pytest

from caiso_desktop.model.form.comparison import Change, change
from caiso_desktop.model.form.row import Kind, Row


def rows(text: str) -> list[Row]:
    """A row for each word: its name, and behind a colon what it says."""
    parts = (each.partition(":") for each in text.split())
    return [Row(Kind.VALUE, name, (number,), text=said) for number, (name, _, said) in enumerate(parts)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", Change(0, 0, 0)),
        ("a:1 b:2", "a:1 b:2", Change(2, 2, 2)),
        ("a:1 b:2", "a:3 b:4", Change(2, 2, 2)),  # as many of the same names: the same rows, which say something else
        ("a:1 b:2", "a:1 b:2 c:3", Change(2, 2, 3)),
        ("a:1 b:2 c:3", "a:1 c:3", Change(1, 2, 1)),
        ("a:1 c:3", "a:1 b:2 c:3", Change(1, 1, 2)),
        ("a:1 b:2 c:3", "a:1 x:2 c:3", Change(1, 2, 2)),
        ("a:1 a:2 a:3", "a:1 a:3", Change(1, 2, 1)),
        ("a:1", "b:1", Change(0, 1, 1)),
    ],
)
def test_what_went_and_what_came(old: str, new: str, expected: Change) -> None:
    assert change(rows(old), rows(new)) == expected
