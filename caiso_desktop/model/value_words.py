"""What a value may be, in a person's words: for hints, and to say what changed about it."""

from caiso_desktop.model.fit import allowed
from caiso_desktop.model.value import Value, ValueKind

_NAMES = {
    ValueKind.TEXT: "text",
    ValueKind.WHOLE: "whole number",
    ValueKind.NUMBER: "number",
    ValueKind.FLAG: "true or false",
    ValueKind.INSTANT: "date and time",
    ValueKind.DATE: "date",
    ValueKind.TIME: "time",
}


def value_in_words(value: Value) -> str:
    """A value in words: ``text, 1 to 32 characters``; ``number, -150 to 1000, 2 decimals``; ``EN, SR or NR``."""
    if value.item is not None:
        return ", ".join(filter(None, (f"a list of: {value_in_words(value.item)}", _length(value, "item"))))
    if value.members:
        return " or ".join(dict.fromkeys(map(value_in_words, value.members)))
    if value.choices:
        return f"{'such as' if value.open else 'one of'} {allowed(value)}"
    about = (_NAMES[value.kind], _length(value, "character"), _bounds(value), *_digits(value))
    forms = [f"of the form {pattern}" for pattern in value.patterns]
    return ", ".join(filter(None, (*about, *forms)))


def count_in_words(count: int, noun: str) -> str:
    """A count with its noun: ``1 item``, ``2 items``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _length(value: Value, noun: str) -> str:
    least, most = value.shortest, value.longest
    if value.length is not None or (least is not None and least == most):
        return count_in_words(value.length if value.length is not None else least or 0, noun)
    if least and most is not None:
        return f"{least:,} to {count_in_words(most, noun)}"
    if most is not None:
        return f"at most {count_in_words(most, noun)}"
    return f"at least {count_in_words(least, noun)}" if least else ""


def _bounds(value: Value) -> str:
    low, high = value.minimum, value.maximum
    if low is not None and high is not None and not value.above and not value.below:
        return f"{low} to {high}"
    said = (
        f"{'more than' if value.above else 'at least'} {low}" if low is not None else "",
        f"{'less than' if value.below else 'at most'} {high}" if high is not None else "",
    )
    return ", ".join(filter(None, said))


def _digits(value: Value) -> tuple[str, str]:
    total, fraction = value.total_digits, value.fraction_digits
    return (
        count_in_words(total, "digit") if total is not None else "",
        count_in_words(fraction, "decimal") if fraction is not None and value.kind is ValueKind.NUMBER else "",
    )
