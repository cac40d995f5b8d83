"""`caiso sample`: a valid payload of a service whose schema is known, to begin with."""

import argparse
import sys

from caiso_desktop.assembly.house import House
from caiso_desktop.cli.target import add_target, find_target
from caiso_desktop.cli.validate import add_place

SUCCESS = 0


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "sample",
        help="print a payload to begin with",
        description="The least that the schema of a service allows for the environment's trade date; where no schema "
        "is known, what the rules of CAISO's services say.",
    )
    add_target(parser)
    add_place(parser)
    parser.add_argument("--full", action="store_true", help="with everything that may stand in it; wants a schema")


def run(arguments: argparse.Namespace, house: House) -> int:
    """Print the sample; what it rests on goes to standard error."""
    target = find_target(arguments, house.catalogue)
    if arguments.full:
        text = house.payloads.sample(target, arguments.environment, full=True)
    else:
        text = house.payloads.skeleton(target, arguments.environment)
    shape = house.payloads.shape(target, arguments.environment)
    print(shape.provenance if shape is not None else "By rule: no schema of this service is known.", file=sys.stderr)
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()
    return SUCCESS
