"""How a command names a service, its version and its variant."""

import argparse

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError, UsageError
from caiso_desktop.model.service import Target, Variant


def add_target(parser: argparse.ArgumentParser, other: str = "") -> None:
    """The arguments that name a service; ``other`` says what may stand there instead."""
    words = ", ".join(filter(None, ("for example sibr/RetrieveCleanBidSet", other)))
    parser.add_argument("service", metavar="APPLICATION/SERVICE", help=words)
    add_row(parser)


def add_row(parser: argparse.ArgumentParser) -> None:
    """The arguments that choose among the rows of a service."""
    parser.add_argument("--version", help="for example v4; the newest when left out")
    parser.add_argument(
        "--operation", dest="procedure", metavar="NAME", help="for ADS: the procedure, for example getDispatchBatch"
    )
    parser.add_argument("--variant", choices=[str(v) for v in Variant], help="docattach when left out and there is one")


def find_target(arguments: argparse.Namespace, catalogue: Catalogue) -> Target:
    """The row that they name; `CatalogueError` or `UsageError` where there is none."""
    application, slash, name = arguments.service.partition("/")
    if not slash:
        raise UsageError(f"'{arguments.service}' names no service.", advice="Write APPLICATION/SERVICE.")
    service = catalogue.service(application.lower(), name)
    versions = [v for v in service.versions if arguments.version in (None, v.version)]
    if not versions:
        known = ", ".join(v.version or "unversioned" for v in service.versions)
        raise CatalogueError(f"{name} has no version '{arguments.version}'.", advice=f"It has: {known}.")
    version = next((v for v in versions if v.callable), versions[0])
    wanted = Variant(arguments.variant) if arguments.variant else None
    variant = wanted or (Variant.DOCATTACH if Variant.DOCATTACH in version.paths else next(iter(version.paths)))
    procedure = vars(arguments).get("procedure") or ""  # not every command lets one be chosen
    target = Target(application.lower(), name, version.version, variant, procedure=procedure)
    catalogue.procedure(target)
    if procedure and variant is not Variant.RPC:
        raise UsageError(f"{name} has no operations to choose from.", advice="Leave --operation out.")
    return target
