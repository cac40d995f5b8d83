"""What a value may be, in words."""

import pytest

from caiso_desktop.model.value import Choice, Value
from caiso_desktop.model.value_words import value_in_words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Value(), "text"),
        (Value(shortest=1, longest=32), "text, 1 to 32 characters"),
        (Value(longest=1), "text, at most 1 character"),
        (Value(shortest=2), "text, at least 2 characters"),
        (Value(length=3), "text, 3 characters"),
        (Value(patterns=("[A-Z]+",)), "text, of the form [A-Z]+"),
        (Value("decimal", minimum="-150", maximum="1000", fraction_digits=2), "number, -150 to 1000, 2 decimals"),
        (Value("decimal", minimum="0", above=True), "number, more than 0"),
        (Value("int", maximum="9", below=True), "whole number, less than 9"),
        (Value("dateTime"), "date and time"),
        (Value(choices=(Choice("EN"), Choice("SR"))), "one of EN, SR"),
        (Value(choices=(Choice("EN"),), open=True), "such as EN"),
        (Value("list", item=Value("int"), longest=3), "a list of: whole number, at most 3 items"),
        (Value("union", members=(Value("int"), Value("boolean"))), "whole number or true or false"),
    ],
)
def test_in_words(value: Value, words: str) -> None:
    assert value_in_words(value) == words
