"""The rows of the matrix: every callable SOAP and ADS row of the catalogue, each variant, each procedure."""

from collections.abc import Iterator
from pathlib import Path

from caiso_desktop.catalogue.load import load
from caiso_desktop.model.service import Kind, Target, Variant

CATALOGUE = load(Path(__file__).resolve().parents[2] / "resources" / "catalogue")
STATUS = "RetrieveBatchValidationStatus"


def _every() -> Iterator[Target]:
    for application in CATALOGUE.applications:
        for service in application.services:
            for version in service.versions:
                for variant in version.paths if version.callable else ():
                    names = [each.name for each in version.procedures] if variant is Variant.RPC else [""]
                    for name in names if variant is not Variant.REST else ():
                        yield Target(
                            application.id, service.name, version.version, variant, version.minor_version, name
                        )


def name_of(target: Target) -> str:
    """A row's name in a report of tests."""
    words = (target.application, target.service, target.version, target.minor_version, target.variant, target.procedure)
    return "-".join(filter(None, words))


ROWS = tuple(_every())
ADS = tuple(target for target in ROWS if target.variant is Variant.RPC)
RETRIEVES = tuple(
    target
    for target in ROWS
    if target not in ADS and target.service != STATUS and CATALOGUE.kind(target) is Kind.RETRIEVE
)
STATUSES = tuple(target for target in ROWS if target.service == STATUS)
SUBMITS = tuple(target for target in ROWS if target not in ADS and CATALOGUE.kind(target) is not Kind.RETRIEVE)
ACTIONS = tuple(target for target in SUBMITS if CATALOGUE.kind(target) is Kind.STATE_CHANGING)
"""Those that do something with what was handed in before."""
