"""How two versions of a service differ, by their schemas: what was added, removed, retyped."""

from dataclasses import dataclass
from enum import StrEnum

from caiso_desktop.model.provenance import Provenance
from caiso_desktop.model.value_words import count_in_words


class Change(StrEnum):
    """What happened to an element, an attribute or a whole document from one version to the next."""

    ADDED = "added"
    REMOVED = "removed"
    RETYPED = "retyped"
    REQUIRED = "now required"
    OPTIONAL = "now optional"
    REPEATED = "repeats otherwise"
    MOVED = "order changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: ``document`` is its role (``request``), ``place`` the path in words, attributes with an ``@``.

    ``before`` and ``after`` say what it was and is, empty on the side that it is not on.
    """

    change: Change
    document: str
    place: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        sides = {
            (True, True): f": {self.before} → {self.after}",
            (True, False): f" ({self.before})",
            (False, True): f" ({self.after})",
            (False, False): "",
        }
        return f"{self.change} in the {self.document}: {self.place}{sides[bool(self.before), bool(self.after)]}"


@dataclass(frozen=True, slots=True)
class VersionDifference:
    """All changes between two versions, and what each side's schemas rest on.

    ``documents`` are the roles that both have; ``unknown`` says what of one side has no schema, so was not compared.
    """

    before: str
    after: str
    differences: tuple[Difference, ...]
    documents: tuple[str, ...]
    provenances: tuple[Provenance, Provenance]
    unknown: str = ""

    @property
    def summary(self) -> str:
        """How much differs, in words."""
        if not self.differences:
            return f"No difference between {self.before} and {self.after} in what was compared."
        counts = [
            f"{sum(each.change is change for each in self.differences):,} {change}"
            for change in Change
            if any(each.change is change for each in self.differences)
        ]
        return f"{count_in_words(len(self.differences), 'difference')}: {', '.join(counts)}."
