"""What a row's value may be, in a line for a person."""

from caiso_desktop.model.fit import allowed, complaint
from caiso_desktop.model.form.row import CHOSEN, Kind, Row
from caiso_desktop.model.value import Value, ValueKind

_LONGEST = 160


def hint(row: Row) -> str:
    """What a row may say, with its unit: ``number, -1,000 to 9,999.99, at most 2 decimals, in MW``."""
    if row.kind in CHOSEN:
        return "one of these alternatives" if row.kind is Kind.CHOICE else "which of the types that may stand here"
    parts = [*_rules(row.value)] if row.value is not None else []
    if row.unit:
        parts.append(f"in {row.unit}")
    if row.zone:
        parts.append(f"in {row.zone}")
    if row.field is not None and row.field.occurrence.repeats:
        parts.append(f"{row.field.occurrence} times")
    if row.kind is not Kind.SECTION:
        parts.append("required" if row.required else "optional")
    return ", ".join(filter(None, parts))


def doubt(row: Row) -> str:
    """What is wrong with what a row says, as far as one value tells; empty for a macro, whose value is to come."""
    if row.kind in CHOSEN and row.missing:
        return "Choose one."
    if row.kind is Kind.TYPE and row.text not in row.options:
        return f"{row.text} is not a type that may stand here."
    if row.kind in CHOSEN:
        return ""
    if row.missing:
        return "Required."
    if row.value is None or row.nil or row.text is None or "{{" in row.text:
        return ""
    return complaint(row.value, row.text)


def picks(row: Row) -> tuple[tuple[str, str], ...]:
    """The values to pick from, each with what it means; empty where one writes."""
    if row.kind in CHOSEN:
        return ()
    value = row.value
    if value is None:
        return ()
    fixed = (row.attribute or row.field).fixed if (row.attribute or row.field) else None  # type: ignore[union-attr]
    if fixed is not None:
        return ((fixed, "the only value"),)
    if value.choices:
        return tuple((each.value, each.documentation) for each in value.choices)
    return (("true", ""), ("false", "")) if value.kind is ValueKind.FLAG else ()


def _rules(value: Value) -> list[str]:
    if value.choices:
        return [f"one of {allowed(value)}"[:_LONGEST]]
    words = [value.kind.value if value.kind is not ValueKind.TEXT else "text"]
    low = f"{'more than' if value.above else 'from'} {value.minimum}" if value.minimum is not None else ""
    high = f"{'less than' if value.below else 'to'} {value.maximum}" if value.maximum is not None else ""
    words.append(" ".join(filter(None, (low, high))))
    if value.fraction_digits is not None:
        words.append(f"at most {value.fraction_digits} decimals" if value.fraction_digits else "no decimals")
    if value.length is not None:
        words.append(f"{value.length:,} characters")
    elif value.shortest and value.longest is not None:
        words.append(f"{value.shortest:,} to {value.longest:,} characters")
    elif value.longest is not None:
        words.append(f"at most {value.longest:,} characters")
    elif value.shortest:
        words.append(f"at least {value.shortest:,} character{'' if value.shortest == 1 else 's'}")
    words += [f"like {pattern}"[:_LONGEST] for pattern in value.patterns[:1]]
    return [word for word in words if word]
