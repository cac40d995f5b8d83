"""Help with a payload: what a service wants to begin with, the shape it has, what is wrong with a text."""

from collections.abc import Sequence
from typing import Protocol

from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.grid.table import Begun
from caiso_desktop.model.judgement import Judge
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.service import Target
from caiso_desktop.model.shape import Shape
from caiso_desktop.model.version_difference import VersionDifference


class Payloads(Judge, Protocol):
    """What is known of the payloads of services. Every verb may take a while: never on a thread that must answer."""

    def skeleton(self, target: Target, environment: str) -> str:
        """A payload to begin with; `CatalogueError` or `PayloadError` where none is known."""
        ...

    def sample(self, target: Target, environment: str, *, full: bool) -> str:
        """A valid document of a target whose schema is known, for the environment's trade date.

        The least that is valid, or (``full``) with everything that may stand in it. `PayloadError` without a schema.
        """
        ...

    def row_ways(self, target: Target, environment: str) -> Sequence[tuple[str, ...]]:
        """The ways (Clark names from the root's on) to what may be rows of a grid; none without a schema."""
        ...

    def begin_rows(self, target: Target, environment: str, way: Sequence[str]) -> Begun:
        """A payload with one row at the end of a way that says nothing yet. `PayloadError` where there is no such."""
        ...

    def infer(self, samples: Sequence[str | bytes], source: str) -> Shape:
        """The shape that documents of one kind seem to have; it is not checked against anything.

        ``source`` says where they came from. `PayloadError` where one is not XML, or they have different roots.
        """
        ...

    def compare_versions(self, before: Target, after: Target, environment: str) -> VersionDifference:
        """How two versions of a service differ by their schemas. `PayloadError` where one has none."""
        ...

    def outline(self, draft: Draft) -> Outline | Problem:
        """The elements of a draft's text and their places, or the first thing that is wrong with it."""
        ...

    def shape(self, target: Target, environment: str) -> Shape | None:
        """The shape of what is sent to a target; None where no schema is known. `SchemaError` for a broken one.

        In the simulator's environment it may be the simulator's own (`Provenance.simulator_only`).
        """
        ...
