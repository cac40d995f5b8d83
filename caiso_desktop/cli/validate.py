"""`caiso validate`: whether a payload follows the schema of its service, as far as one is known."""

import argparse
import json
import sys
from pathlib import Path

from caiso_desktop.assembly.house import House
from caiso_desktop.cli.macro import moment_of, read_file
from caiso_desktop.cli.target import add_target, find_target
from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import EDITABLE_BYTES
from caiso_desktop.model.judgement import Conformity, Judgement
from caiso_desktop.model.macro import expand_bytes
from caiso_desktop.model.step import path_in_words

VALID, INVALID, NOT_CHECKED = 0, 1, 3


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "validate",
        help="check a payload against the schema of its service",
        description="Prints each problem with its line, column and place; the judgement goes to standard error.",
        epilog="Exit status: 0 valid, 1 invalid or not XML, 2 usage, 3 not checked (no schema is known, or the file "
        "cannot be read).",
    )
    add_target(parser)
    parser.add_argument("file", metavar="FILE", help="the XML payload; - reads standard input; its macros are replaced")
    add_place(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")


def add_place(parser: argparse.ArgumentParser) -> None:
    """The argument that names the environment that a payload is meant for."""
    parser.add_argument(
        "--environment", default="production", metavar="E", help="where it is meant for (production when left out)"
    )


def run(arguments: argparse.Namespace, house: House) -> int:
    """Validate one file."""
    target = find_target(arguments, house.catalogue)
    judgement = house.payloads.validate(_payload(arguments, house), target, arguments.environment)
    if arguments.format == "json":
        print(json.dumps(facts(judgement), indent=2))
    else:
        for problem in judgement.problems:
            print(f"{arguments.file}:{told(problem)}")
    print(judgement.title if judgement.problems else judgement, file=sys.stderr)
    if judgement.conformity is Conformity.VALID:
        return VALID
    return NOT_CHECKED if judgement.conformity is Conformity.NOT_CHECKED else INVALID


def told(problem: Problem) -> str:
    """A problem on one line: line, column, sentence, place."""
    place = f" ({path_in_words(problem.path)})" if problem.path else ""
    return f"{problem.line}:{problem.column}: {problem.sentence}{place}"


def facts(judgement: Judgement) -> dict[str, object]:
    """A judgement as JSON."""
    return {
        "conformity": str(judgement.conformity),
        "basis": str(judgement.provenance) if judgement.provenance else None,
        "count": judgement.count,
        "counted": judgement.counted,
        "why": judgement.why or None,
        "problems": [
            {
                "severity": str(problem.severity),
                "line": problem.line,
                "column": problem.column,
                "sentence": problem.sentence,
                "path": [{"name": step.name, "index": step.index} for step in problem.path],
                "attribute": problem.attribute or None,
            }
            for problem in judgement.problems
        ],
    }


def _payload(arguments: argparse.Namespace, house: House) -> bytes | Path:
    """What is judged: the payload as it would be sent; one too big to be edited is read piece by piece."""
    path = Path(arguments.file)
    try:
        if arguments.file != "-" and path.stat().st_size > EDITABLE_BYTES:
            return path
    except OSError:
        pass  # reading it says why
    return expand_bytes(read_file(arguments.file), moment_of(house, arguments.environment))[0]
