"""What is wrong with a value, in a person's words."""

import pytest

from caiso_desktop.model.fit import allowed, complaint
from caiso_desktop.model.value import Choice, Value


@pytest.mark.parametrize(
    ("value", "text", "said"),
    [
        (Value("decimal"), "1.5", ""),
        (Value("decimal"), " 1.5\n", ""),
        (Value("decimal"), "1,5", "decimal point as a point"),
        (Value("decimal"), "1,234.5", "decimal point as a point"),
        (Value("decimal"), "1e3", "is no number"),
        (Value("decimal"), "", "It is empty; a number is wanted."),
        (Value("double"), "1e3", ""),
        (Value("double"), "-INF", ""),
        (Value("int"), "1.0", "is no whole number"),
        (Value("int"), "2147483648", "at most 2147483647"),
        (Value("unsignedByte"), "-1", "at least 0"),
        (Value("positiveInteger"), "0", "at least 1"),
        (Value("integer"), "9" * 40, ""),
        (Value("boolean"), "yes", "not true or false"),
        (Value("boolean"), "1", ""),
        (Value("dateTime"), "2026-03-10T08:00:00Z", ""),
        (Value("dateTime"), "2026-03-10T08:00:00.1234567-07:00", ""),
        (Value("dateTime"), "2026-03-10T24:00:00Z", ""),
        (Value("dateTime"), "2026-03-10 08:00", "no date with a time"),
        (Value("dateTime"), "2026-02-30T08:00:00Z", "no date with a time"),
        (Value("date"), "2026-03-10", ""),
        (Value("date"), "2026-13-10", "is no date"),
        (Value("date"), "03/10/2026", "is no date, such as 2026-03-10."),
        (Value("time"), "8:00", "is no time"),
        (Value("decimal", minimum="0", maximum="10"), "10", ""),
        (Value("decimal", minimum="0", maximum="10"), "10.01", "at most 10 is allowed"),
        (Value("decimal", minimum="0", above=True), "0", "more than 0 is allowed"),
        (Value("decimal", maximum="5", below=True), "5", "less than 5 is allowed"),
        (Value("decimal", fraction_digits=2), "1.250", ""),
        (Value("decimal", fraction_digits=2), "1.255", "3 decimals; at most 2"),
        (Value("decimal", total_digits=3), "0012.5", ""),
        (Value("decimal", total_digits=3), "12.55", "4 digits; at most 3"),
        (Value("dateTime", minimum="2026-01-01T00:00:00Z"), "2025-12-31T23:00:00-07:00", ""),
        (Value("dateTime", minimum="2026-01-01T00:00:00Z"), "2025-12-31T16:59:59-07:00", "at least 2026"),
        (Value("string", shortest=1), "", "It is empty."),
        (Value("string", longest=3), "abcd", "It has 4 characters; at most 3 are allowed."),
        (Value("string", length=2), "abc", "2 are wanted"),
        (Value("string", shortest=2, white_space="preserve"), "a ", ""),
        (Value("hexBinary", length=2), "00FF", ""),
        (Value("base64Binary", length=1), "AA==", ""),
        (Value("string", choices=(Choice("EN"), Choice("SR"))), "XX", "not one of the allowed values: EN, SR."),
        (Value("int", choices=(Choice("10"),)), "+010", ""),
        (Value("list", item=Value("int"), longest=2), "1 2", ""),
        (Value("list", item=Value("int"), longest=2), "1 2 3", "It has 3 items; at most 2"),
        (Value("list", item=Value("int")), "1 b", "“b” is no whole number"),
        (Value("union", members=(Value("int"), Value("boolean"))), "true", ""),
        (Value("union", members=(Value("int"), Value("boolean"))), "b", "none of what is allowed"),
    ],
)
def test_a_complaint_says_what_is_wrong(value: Value, text: str, said: str) -> None:
    found = complaint(value, text)
    assert said in found
    assert bool(found) == bool(said)


def test_long_lists_and_texts_are_shortened() -> None:
    value = Value(choices=tuple(Choice(f"C{number}") for number in range(40)))
    assert allowed(value).endswith("C11 and 28 more")
    assert len(complaint(value, "x" * 5000)) < 300
