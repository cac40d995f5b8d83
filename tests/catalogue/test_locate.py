"""The line of a key is the line a person sees it on."""

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.catalogue.locate import Place, line_of

TEXT = """# a comment
format = 1

[first]
name = 'x'
many = [
  { a = 1 },

  # between
  { a = 2, b = 3 },
]
long = '''
several
lines'''
after = true
[[list]]
[[list]]
z = [1,
  2, [3,
  4]]
"""


def test_lines_of_everything() -> None:
    lines: dict[Place, int] = {
        (): 1,
        ("format",): 2,
        ("first",): 4,
        ("first", "name"): 5,
        ("first", "many", 0): 7,
        ("first", "many", 1): 10,
        ("first", "many", 1, "b"): 10,
        ("first", "long"): 12,
        ("first", "after"): 15,
        ("list", 0): 16,
        ("list", 1): 17,
        ("list", 1, "z"): 18,
        ("list", 1, "z", 1): 19,
        ("list", 1, "z", 2, 1): 20,
        ("list", 2): 0,
        ("nothing",): 0,
        ("format", "deeper"): 0,
    }
    assert {place: line_of(TEXT, place) for place in lines} == lines


@given(
    st.lists(st.sampled_from(["k{0} = {0}", "# note", "", "k{0} = [\n  {0},\n]", "k{0} = '''\n]\n'''"]), max_size=12)
)
def test_each_key_begins_on_its_own_line(pieces: list[str]) -> None:
    lines: list[str] = []
    begins: dict[str, int] = {}
    for number, piece in enumerate(pieces):
        if piece.startswith("k"):
            begins[f"k{number}"] = len(lines) + 1
        lines += piece.format(number).split("\n")
    text = "\n".join(lines)
    values: dict[str, Any] = tomllib.loads(text)
    assert begins == {key: line_of(text, (key,)) for key in values}
