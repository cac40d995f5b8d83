"""``caiso catalogue``: prints what CAISO offers, as a table, as JSON, or as a firewall sheet."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence

from caiso_desktop.catalogue.firewall import firewall_sheet
from caiso_desktop.catalogue.narrow import narrow
from caiso_desktop.catalogue.shape import every_ip, source_text, to_plain
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Application, Version

_HEADINGS = ("SERVICE", "VERSION", "RELEASE", "VARIANTS", "REMARKS")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its arguments."""
    parser = subparsers.add_parser(
        "catalogue",
        help="print applications, services, versions and addresses",
        description="Prints CAISO's applications, services, versions and addresses.",
    )
    parser.add_argument("word", nargs="?", help="only what has this word in a name, alias, release, version or address")
    parser.add_argument("--environment", metavar="E", help="only this environment: production, map-stage ...")
    parser.add_argument("--application", metavar="A", help="only this application: its acronym, id or an older name")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--format", choices=("table", "json"), default="table", help="a table to read, or JSON")
    shape.add_argument("--firewall", action="store_true", help="hosts, ports and IPs to open, as CSV")


def run(args: argparse.Namespace, catalogue: Catalogue) -> int:
    """Print what was asked for; 0, also when a word finds nothing (said on stderr)."""
    chosen = narrow(catalogue, environment=args.environment, application=args.application, word=args.word)
    if args.firewall:
        sys.stdout.write(firewall_sheet(chosen, catalogue))
    elif args.format == "json":
        print(json.dumps(to_plain(chosen), indent=2, ensure_ascii=False))
    else:
        for line in table(chosen, catalogue):
            print(line)
    if not chosen.applications:
        print("caiso: nothing was found. Try a part of the name, or fewer conditions.", file=sys.stderr)
    return 0


def table(catalogue: Catalogue, whole: Catalogue) -> Iterator[str]:
    """The lines of the readable table; ``whole`` is the catalogue before it was narrowed, which knows newer rows."""
    yield catalogue.edition
    for application in catalogue.applications:
        yield ""
        yield f"{application.acronym}  {application.name}"
        yield from _places(application, [environment.id for environment in catalogue.environments])
        rows = list(_rows(catalogue, application, whole))
        if rows:
            yield from _aligned((_HEADINGS, *rows))
        for correction in catalogue.corrections:
            if correction.application == application.id:
                used = "kept" if correction.doubt else f"used: {correction.used}"
                yield f"  * {correction.where}. Printed: {correction.printed}; {used}. {correction.why}"


def _places(application: Application, environments: Sequence[str]) -> Iterator[str]:
    lines = []
    for environment in environments:
        reach = application.reach.get(environment)
        if reach is None:
            continue
        if reach.base is not None:
            lines.append((environment, "web services", reach.base))
        lines += [(environment, f"{o.source.document} (not proven)", o.url) for o in reach.other_bases]
        lines += [(environment, address.role, address.url) for address in reach.addresses]
        lines += [(environment, "secondary", url) for url in reach.secondary]
        if ips := every_ip(reach):
            lines.append((environment, "IPs", " ".join(ips)))
    yield from _aligned(lines)


def _rows(catalogue: Catalogue, application: Application, whole: Catalogue) -> Iterator[tuple[str, ...]]:
    for service in application.services:
        newest = whole.service(application.id, service.name).newest
        for row in service.versions:
            yield (
                service.name,
                row.version,
                row.release,
                " ".join(row.paths),
                "; ".join(_remarks(catalogue, row, newest)),
            )


def _remarks(catalogue: Catalogue, row: Version, newest: Version | None) -> Iterator[str]:
    if row.minor_version:
        yield f"minor version {row.minor_version}"
    if row.template:
        yield row.template
    if not row.callable:
        yield "not released"
    elif row.source.proven and newest is not None and row != newest:
        yield "there is a newer one"
    if row.bases:
        yield " ".join(row.bases.values())
    for environment, gone in row.retired.items():
        since = f" since {gone.since.isoformat()}" if gone.since else ""
        yield f"probably retired in {environment}{since}"
    if row.source.document != f"access document {catalogue.version}":
        yield source_text(row.source)
    if row.procedures:
        yield " ".join(procedure.name for procedure in row.procedures)


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield f"  {'  '.join((*cells, row[-1]))}".rstrip()
