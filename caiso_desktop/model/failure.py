"""What CAISO's texts and statuses mean: a table that ships with the program, and that a company's support extends."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from caiso_desktop.model.answer import Note, Severity

LONGEST = 4000
"""Characters of a text that are looked at; nothing that a service says is longer before it says it."""

MISFIT = "misfit"
"""The matter of a refusal of the payload's form: who asked was accepted by then."""

NO_RIGHT = "no-right"
"""The matter of a user without the role: the message and its signature were accepted by then."""

NO_DATA = "no-data"
"""The matter of a text that says that there is nothing, rather than that something failed."""

TOO_BUSY = frozenset({"acceptable-use", "busy"})
"""The matters of answers by which a host says that our calls are too many."""

A_PAGE = "page"
"""The matter of a web page of which nothing more is known."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One row: what is recognised, and what is told of it.

    ``note.matter`` is its id, ``source`` says where it was seen. ``texts`` are looked for in whatever a service says,
    ``statuses`` are HTTP statuses, each ``403`` or a whole class such as ``3xx``, ``codes`` numbers that a procedure
    answers with, each behind the name of its list (``result:5``). ``wrong_names`` says that a wrong
    SOAPAction, namespace or path looks like this from outside.
    """

    note: Note
    texts: tuple[re.Pattern[str], ...] = ()
    statuses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    wrong_names: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Failures:
    """The table, most particular first; ``problems`` are sentences about files of it that could not be read."""

    rows: tuple[Failure, ...] = ()
    problems: tuple[str, ...] = ()

    def of_text(self, said: str) -> Failure | None:
        """The row for a text, its note with the text itself; None for an unknown one."""
        looked_at = said[:LONGEST]
        for row in self.rows:
            if any(pattern.search(looked_at) for pattern in row.texts):
                return replace(row, note=replace(row.note, raw=said))
        return None

    def of_status(self, status: int) -> Failure | None:
        """The row for an HTTP status: the one that names it before one that names its class."""
        for wanted in (str(status), f"{status // 100}xx"):
            for row in self.rows:
                if wanted in row.statuses:
                    return row
        return None

    def of_code(self, codes: str, number: str) -> Failure | None:
        """The row for a number of a list of codes."""
        return next((row for row in self.rows if f"{codes}:{number}" in row.codes), None)

    def may_refuse(self, codes: str) -> bool:
        """Whether one of the known numbers of a list says no."""
        rows = (row for row in self.rows if any(code.startswith(f"{codes}:") for code in row.codes))
        return any(row.note.severity is Severity.ERROR for row in rows)

    def no_data(self, said: Sequence[str]) -> Note | None:
        """The note for texts that all say that there is nothing; None where one says something else."""
        found = [self.of_text(text) for text in said]
        if not found or any(row is None or row.note.matter != NO_DATA for row in found):
            return None
        first = found[0]
        return replace(first.note, raw=" ".join(said)) if first is not None else None

    def about(self, matter: str) -> Note | None:
        """The note of this matter."""
        return next((row.note for row in self.rows if row.note.matter == matter), None)
