"""The ports to what is done with a payload while it is written, and with a report, as the window is given them."""

from collections.abc import Callable
from dataclasses import dataclass

from caiso_desktop.model.day_shift import Shifting
from caiso_desktop.model.foreign import ForeignDrafts
from caiso_desktop.model.grid.mapping import Mappings
from caiso_desktop.model.grid.sheet import Spreadsheets
from caiso_desktop.model.grid.table import Grids
from caiso_desktop.model.package import Collector, Packages
from caiso_desktop.model.report_table import ReportTables
from caiso_desktop.model.run_list import Runs
from caiso_desktop.model.stretch import Stretches
from caiso_desktop.model.template import Templates


@dataclass(frozen=True, slots=True)
class Workshop:
    """One of each; what they do may take a second, so it is for a worker, and so is to ask for
    ``templates``, ``mappings`` and ``reports``.
    """

    shifting: Shifting
    stretches: Stretches
    grids: Grids
    sheets: Spreadsheets
    mappings: Callable[[], Mappings]
    templates: Callable[[], Templates]
    packages: Packages
    collector: Collector
    foreign: ForeignDrafts
    runs: Runs
    reports: Callable[[], ReportTables]
