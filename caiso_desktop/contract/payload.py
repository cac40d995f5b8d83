"""What is known of the payloads of the catalogue's services: by their schemas, and by rule where none is known."""

from collections.abc import Callable
from datetime import datetime

from caiso_desktop.catalogue.calendar import trade_date
from caiso_desktop.contract.known_shape import KnownShapes
from caiso_desktop.contract.rule import operation_by_rule
from caiso_desktop.contract.skeleton import skeleton
from caiso_desktop.contract.wellformed import check
from caiso_desktop.model.call import Operation, Problem
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.schema import NoSchemas, Schemas
from caiso_desktop.model.service import Catalogue, Target
from caiso_desktop.model.shape import Shape


class RulePayloads:
    """Begins and checks payloads, for the trade date that an environment is at."""

    def __init__(
        self, catalogue: Catalogue, clock: Callable[[], datetime] = utc_now, schemas: Schemas | None = None
    ) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._shapes = KnownShapes(schemas or NoSchemas())

    def skeleton(self, target: Target, environment: str) -> str:
        """A payload to begin with; `CatalogueError` where the environment has no such service."""
        self._catalogue.url(environment, target)
        _, _, version = self._catalogue.row(target)
        moment = self._clock()
        day = trade_date(self._catalogue.environment(environment).calendar, moment)
        return skeleton(self._operation(target), day, minor_version=version.minor_version, now=moment)

    def check(self, text: str, target: Target) -> Problem | None:
        """The first thing wrong with a text, or None."""
        return check(text, self._operation(target))

    def shape(self, target: Target, environment: str) -> Shape | None:
        """The shape of what is sent to a target, or None."""
        return self._shapes.shape(target, environment)

    def _operation(self, target: Target) -> Operation:
        _, service, version = self._catalogue.row(target)
        return operation_by_rule(service, version, target.variant)
