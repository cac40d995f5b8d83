"""What the cells of a form say of its rows, and what is wrong with them."""

from collections.abc import Mapping, Sequence

from caiso_desktop.model.call import Problem
from caiso_desktop.model.form.row import CHOSEN, Kind, Row, summary
from caiso_desktop.model.form.when import ends, in_pacific
from caiso_desktop.model.outline import NodePath

NAME, VALUE, NOTE = range(3)
HEADERS = ("Field", "Value", "Unit, Pacific")


class CellWords:
    """``found`` is what the check of the payload found, by the path of its element."""

    def __init__(self, found: Mapping[NodePath, Sequence[Problem]] | None = None) -> None:
        self._found = found or {}

    def problems(self, row: Row) -> list[Problem]:
        """What is wrong with a row's element or attribute."""
        if row.kind in CHOSEN or (row.node is None and row.kind is not Kind.ATTRIBUTE):
            return []
        name = row.name.rpartition("}")[2] if row.kind is Kind.ATTRIBUTE else ""
        found = self._found.get(row.path, ())
        return [each for each in found if each.attribute.rpartition("}")[2] == name]

    def cell(self, row: Row, column: int) -> str:
        """What a cell says."""
        if column == NAME:
            return row.label
        if column == VALUE:
            if row.nil:
                return "no value (nil)"
            if row.text is not None:
                return row.text.replace("\n", " ⏎ ")
            return summary(row.node) if row.node is not None else ""
        return self.notes(row)[0]

    def notes(self, row: Row) -> Sequence[str]:
        """What stands behind a value: what is wrong with it, its time in Pacific, its unit.

        From the most words to the fewest: the first that there is room for is shown.
        """
        found = self.problems(row)
        if found:
            return (found[0].sentence,)
        if row.unknown:
            return ("not in the schema",)
        return _pacific(row) or (str(row.unit or ""),)

    def tip(self, row: Row) -> str:
        """What hovering a row tells."""
        said = [each.sentence for each in self.problems(row)]
        said += [f"{row.label}: {words}" for words in _pacific(row)[:1]]
        if row.documentation:
            said.append(row.documentation)
        return "\n".join(said)


def _pacific(row: Row) -> Sequence[str]:
    return in_pacific(row.text, as_end=ends(row.name)) if row.text else ()
