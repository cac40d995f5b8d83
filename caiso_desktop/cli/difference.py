"""`caiso difference`: how two versions of a service differ by their schemas."""

import argparse
import json
import sys
from dataclasses import asdict, replace

from caiso_desktop.assembly.house import House
from caiso_desktop.cli.target import add_target, find_target
from caiso_desktop.cli.validate import add_place

SUCCESS = 0


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "difference",
        help="say how two versions of a service differ by their schemas",
        description="Prints what was added, removed and retyped since another version. The schemas of both must be "
        "known.",
    )
    add_target(parser)
    parser.add_argument("--since", required=True, metavar="VERSION", help="the version to compare with, for example v3")
    add_place(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace, house: House) -> int:
    """Compare the version asked for (the newest) with an earlier one."""
    after = find_target(arguments, house.catalogue)
    before = replace(after, version=arguments.since, minor_version=None)
    house.catalogue.row(before)
    found = house.payloads.compare_versions(before, after, arguments.environment)
    if arguments.format == "json":
        facts = {
            "before": found.before,
            "after": found.after,
            "compared": list(found.documents),
            "basis": [str(each) for each in found.provenances],
            "differences": [asdict(each) for each in found.differences],
        }
        print(json.dumps(facts, indent=2))
    else:
        for each in found.differences:
            print(each)
    print(" ".join(filter(None, (found.summary, found.unknown))), file=sys.stderr)
    return SUCCESS
