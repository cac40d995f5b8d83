"""XSD's expressions."""

from itertools import islice

import pytest

from caiso_desktop.contract.pattern import examples, matches


@pytest.mark.parametrize(
    "pattern",
    [
        "[A-Z]+", r"\d{2,4}", "[A-Za-z-[aeiou]]{3}", r"\i\c*", r"\p{Lu}\P{L}", "(ab|c{2,})?x", r"[^\s]+", r"v\d{8}",
        r"a\.b\\", "[\\]\\[]", "x{0}y", ".", r"(\d{4}-(0[1-9]|1[0-2]))", "", "a||b", "[α-ω]+", r"\S\w\W?",
    ],
)  # fmt: skip
def test_examples_match_their_pattern(pattern: str) -> None:
    found = list(islice(examples(pattern), 20))
    assert found
    assert all(matches(pattern, text) for text in found), found


def test_a_pattern_fits_the_whole_text_and_an_unreadable_one_hinders_nobody() -> None:
    assert not matches("a", "ab")
    assert not matches("a", "a\n")
    assert matches("[", "anything")
    assert list(examples("[")) == []
