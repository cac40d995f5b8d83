"""What is known of the payloads of the catalogue's services: by their schemas, and by rule where none is known."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

from caiso_desktop.catalogue.calendar import trade_date
from caiso_desktop.contract.beginning import begin, row_ways
from caiso_desktop.contract.infer import infer
from caiso_desktop.contract.judge import Judging
from caiso_desktop.contract.known_shape import KnownShapes
from caiso_desktop.contract.operation import Operations
from caiso_desktop.contract.outline import outline
from caiso_desktop.contract.sample import sample, sample_of_way
from caiso_desktop.contract.skeleton import skeleton
from caiso_desktop.contract.version_difference import differences
from caiso_desktop.model.call import Operation, Problem
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError, Cancelled, Fate, PayloadError
from caiso_desktop.model.grid.table import Begun
from caiso_desktop.model.guard import is_this_computer
from caiso_desktop.model.judgement import Conformity, Judged, Judgement
from caiso_desktop.model.macro import Moment, expand
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.schema import NoSchemas, Schemas
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.shape import Shape
from caiso_desktop.model.version_difference import VersionDifference

_EMPTY = re.compile(r"<(\w+:)?MessagePayload/>")


class RulePayloads:
    """Begins and checks payloads, for the trade date that an environment is at."""

    def __init__(
        self,
        catalogue: Catalogue,
        clock: Callable[[], datetime] = utc_now,
        schemas: Schemas | None = None,
        operations: Operations | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._operations = operations or Operations(catalogue)
        self._known = KnownShapes(schemas or NoSchemas())

    def skeleton(self, target: Target, environment: str) -> str:
        """A payload to begin with; `CatalogueError` where the environment has no such service.

        Where a schema is known it is the least that is valid; without one, or where the least says nothing (all of a
        retrieve's payload may be optional), what the rules say. So it is for remote procedures: of a decline even the
        first reason must not stand there by itself.
        """
        self._catalogue.url(environment, target)
        known = self._known.known(target, environment)
        if known is None or target.variant is Variant.RPC:
            return self._by_rule(target, environment)
        least = self.sample(target, environment, full=False)
        if _EMPTY.search(least):
            ruled = self._by_rule(target, environment)
            if known.is_valid(ruled.encode()):
                return ruled
        return least

    def sample(self, target: Target, environment: str, *, full: bool) -> str:
        """A valid document of a target whose schema is known: the least, or with everything in it."""
        shape = self.shape(target, environment)
        if shape is None:
            raise PayloadError(
                f"no schema of {target.service} is known.",
                advice="Import CAISO's schema package, or open a payload that was accepted.",
            )
        _, _, version = self._catalogue.row(target)
        day, moment = self._trade_date(environment)
        try:
            return sample(shape, day, moment, full=full, minor_version=version.minor_version or "")
        except RecursionError:
            raise PayloadError(f"{target.service} nests its elements too deeply for a sample.") from None

    def row_ways(self, target: Target, environment: str) -> Sequence[tuple[str, ...]]:
        """The ways to what may be rows of a grid."""
        shape = self.shape(target, environment)
        return row_ways(shape) if shape is not None else ()

    def begin_rows(self, target: Target, environment: str, way: Sequence[str]) -> Begun:
        """A payload with one row that says nothing yet."""
        shape = self.shape(target, environment)
        if shape is None:
            raise PayloadError(f"no schema of {target.service} is known.")
        _, _, version = self._catalogue.row(target)
        day, moment = self._trade_date(environment)
        return begin(shape, way, lambda names: sample_of_way(shape, names, day, moment, version.minor_version or ""))

    def infer(self, samples: Sequence[str | bytes], source: str) -> Shape:
        """The shape that documents of one kind seem to have."""
        return infer(samples, source)

    def compare_versions(self, before: Target, after: Target, environment: str) -> VersionDifference:
        """How two versions of a service differ by their schemas."""
        shapes = [self._known.documents(target, environment) for target in (before, after)]
        for target, found in zip((before, after), shapes, strict=True):
            if not found:
                raise PayloadError(
                    f"no schema of {target.service} {target.version or 'without a version'} is known.",
                    advice="Import CAISO's schema package of that version, too.",
                )
        one, other = shapes
        alone = [role for role in dict.fromkeys((*one, *other)) if (role in one) != (role in other)]
        # A role that one package leaves out is no difference of the services, but of what was imported.
        whole = [role for role in alone if " of " not in role]
        return VersionDifference(
            before.version,
            after.version,
            tuple(
                differences(
                    {role: shape for role, shape in one.items() if role not in whole},
                    {role: shape for role, shape in other.items() if role not in whole},
                )
            ),
            tuple(role for role in one if role in other),
            (next(iter(one.values())).provenance, next(iter(other.values())).provenance),
            f"Known for one version only, and not compared: {', '.join(whole)}." if whole else "",
        )

    def _by_rule(self, target: Target, environment: str) -> str:
        _, _, version = self._catalogue.row(target)
        day, moment = self._trade_date(environment)
        return skeleton(self._operation(target), day, minor_version=version.minor_version, now=moment)

    def _trade_date(self, environment: str) -> tuple[date, datetime]:
        moment = self._clock()
        return trade_date(self._catalogue.environment(environment).calendar, moment), moment

    def validate(
        self, payload: Judged, target: Target, environment: str, token: CancelToken | None = None
    ) -> Judgement:
        """The judgement on a payload; a draft's text (not bytes) has its macros replaced first."""
        host = urlsplit(self._catalogue.url(environment, target)).hostname or ""
        judged = self._expanded(payload, environment) if isinstance(payload, str) else payload
        operation = self._operation(target)

        def pause() -> None:
            if token is not None and token.cancelled:
                raise Cancelled(fate=Fate.NOT_SENT)

        try:
            known = self._known.known(target, environment)
            return Judging(judged, known, operation, pause).judgement(simulator=is_this_computer(host))
        except CaisoError:
            raise
        except Exception as error:  # noqa: BLE001  nothing that breaks here may keep a payload from being sent
            return Judgement(Conformity.NOT_CHECKED, why=f"the check broke down ({type(error).__name__}: {error}).")

    def _expanded(self, text: str, environment: str) -> str:
        day, now = self._trade_date(environment)
        try:
            return expand(Draft(text), Moment(day, now))[0].text
        except PayloadError:
            return text  # a macro that means nothing is told where it stands

    def outline(self, draft: Draft) -> Outline | Problem:
        """The elements of a draft's text, or what is wrong with it."""
        return outline(draft)

    def shape(self, target: Target, environment: str) -> Shape | None:
        """The shape of what is sent to a target, or None."""
        return self._known.shape(target, environment)

    def _operation(self, target: Target) -> Operation:
        return self._operations.operation(target)
