"""What payloads are made and judged with: schemas, and the readers of XML and of spreadsheets."""

import threading
from collections.abc import Callable
from pathlib import Path

from caiso_desktop.assembly.late import Late, port
from caiso_desktop.assembly.place import Places
from caiso_desktop.assembly.simulator_host import SIMULATOR
from caiso_desktop.contract.operation import ImportedSchemas, Operations
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.day_shift import Shifting
from caiso_desktop.model.foreign import ForeignDrafts
from caiso_desktop.model.grid.sheet import Spreadsheets
from caiso_desktop.model.grid.table import Grids
from caiso_desktop.model.payload import Payloads
from caiso_desktop.model.reading import Reading
from caiso_desktop.model.report_table import ReportTables
from caiso_desktop.model.schema import EverySchema, Schemas
from caiso_desktop.model.source import Payload
from caiso_desktop.model.stretch import Stretches
from caiso_desktop.store.package.shelf import PackageShelf


class Workbench:
    """``catalogue`` is that of the moment; with ``after``, the payloads' reader is not imported before that.

    ``safe_mode`` leaves the user's schema packages out.
    """

    def __init__(
        self,
        places: Places,
        resources: Path,
        catalogue: Callable[[], Catalogue],
        after: threading.Event | None,
        *,
        safe_mode: bool,
    ) -> None:
        self._resources = resources
        self._catalogue = catalogue
        self._payloads = Late(self._make_payloads, after)
        self.packages = PackageShelf(None if safe_mode else places.packages, places.company_packages, catalogue)
        self.payloads: Payloads = self._payloads.port
        self.shifting: Shifting = Late(_make_shifting).port
        self.stretches: Stretches = Late(_make_stretches).port
        self.grids: Grids = Late(_make_grids).port
        self.sheets: Spreadsheets = Late(_make_spreadsheets).port
        self.reports: ReportTables = Late(_make_report_tables).port
        self.foreign: ForeignDrafts = port(self._make_foreign)

    @property
    def operations(self) -> Operations:
        """What each row of the catalogue takes, as its packages or the rules say."""
        return Operations(self._catalogue(), self.packages)

    @property
    def schemas(self) -> Schemas:
        """Where the schemas of payloads lie."""
        from caiso_desktop.contract.bundled import BundledSchemas

        bundled = BundledSchemas(self._resources / "contracts", SIMULATOR.id)
        return EverySchema([ImportedSchemas(self.operations, self.packages), bundled])

    def warm_up(self) -> None:
        """Make what the first draft needs."""
        self._payloads.get()

    def renew(self) -> None:
        """Another catalogue counts: make what goes by it anew."""
        self._payloads.renew()

    def _make_payloads(self) -> Payloads:
        from caiso_desktop.contract.payload import RulePayloads

        return RulePayloads(self._catalogue(), schemas=self.schemas, operations=self.operations)

    def _make_foreign(self) -> ForeignDrafts:
        from caiso_desktop.contract.foreign.reader import ForeignReader

        return ForeignReader(self._catalogue())


def read(payload: Payload) -> Reading:
    """What a payload says it is about."""
    from caiso_desktop.contract.reading import read

    return read(payload)


def _make_grids() -> Grids:
    from caiso_desktop.contract.table import OutlineGrids

    return OutlineGrids()


def _make_spreadsheets() -> Spreadsheets:
    from caiso_desktop.contract.spreadsheet import SheetFiles

    return SheetFiles()


def _make_stretches() -> Stretches:
    from caiso_desktop.contract.day_shift.stretch import PayloadStretches

    return PayloadStretches()


def _make_shifting() -> Shifting:
    from caiso_desktop.contract.day_shift.plan import PayloadShift

    return PayloadShift()


def _make_report_tables() -> ReportTables:
    from caiso_desktop.contract.report_table import ReportTableReader

    return ReportTableReader()
