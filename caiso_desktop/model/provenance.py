"""What a shape rests on: CAISO's schema, published facts, the simulator, or a sample; and what that proves."""

from dataclasses import dataclass
from enum import StrEnum


class Ground(StrEnum):
    """What kind of thing a shape rests on."""

    IMPORTED = "imported"
    BUNDLED = "bundled"
    SIMULATOR = "simulator"
    SAMPLE = "sample"


_GROUNDS = {
    Ground.IMPORTED: "CAISO's schema, imported",
    Ground.BUNDLED: "Written from CAISO's published facts",
    Ground.SIMULATOR: "The simulator's own shape, not CAISO's",
    Ground.SAMPLE: "Inferred from a sample, not checked",
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a shape rests on. ``source`` says which package, document or file; ``note`` what is doubtful about it."""

    ground: Ground
    source: str = ""
    note: str = ""

    @property
    def checked(self) -> bool:
        """Whether a payload can be checked against it; what was inferred from a sample proves nothing."""
        return self.ground is not Ground.SAMPLE

    @property
    def simulator_only(self) -> bool:
        """Whether it is ours alone: a payload made from it is for the simulator, never for a CAISO host."""
        return self.ground is Ground.SIMULATOR

    def __str__(self) -> str:
        words = _GROUNDS[self.ground]
        # Whose the simulator's own are, its name says.
        return f"{words} ({self.source})" if self.source and not self.simulator_only else words
