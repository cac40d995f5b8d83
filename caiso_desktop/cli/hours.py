"""`caiso hours`: write a trade date and hours, in Pacific, into a payload, as GMT instants."""

import argparse
import re
import sys
from pathlib import Path

from caiso_desktop.assembly.house import House
from caiso_desktop.cli.macro import moment_of, read_file
from caiso_desktop.cli.shift import day_of
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.stretch import set_hours
from caiso_desktop.model.trade_hour import hours_of

SUCCESS = 0
_HOURS = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "hours",
        help="set the trade date and hours of a payload",
        description="Writes beginnings and ends into a payload: trade date and hour endings are Pacific, what is "
        "written is GMT, or the style that stands there. Hour ending 25 is the repeated hour of November, after 2.",
    )
    parser.add_argument("file", metavar="FILE", help="the XML payload; - reads standard input")
    parser.add_argument("--trade-date", required=True, metavar="DATE", help="2026-11-27, or trade_date+1")
    parser.add_argument("--he", metavar="HOURS", help="7, or 7-10; the whole day when left out")
    parser.add_argument("--in", dest="record", metavar="NAME", help="only in elements of this name")
    parser.add_argument("--environment", default="production", metavar="E", help="whose trade date (production)")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the payload to a file")
    parser.add_argument("--overwrite", action="store_true", help="let --save replace a file that is there")


def run(arguments: argparse.Namespace, house: House) -> int:
    """Set them; the payload goes to standard output or a file, words to standard error."""
    day = day_of(arguments.trade_date, moment_of(house, arguments.environment))
    known = hours_of(day)
    wanted = _HOURS.fullmatch(arguments.he) if arguments.he else None
    if arguments.he and wanted is None:
        raise UsageError(f"'{arguments.he}' is no range of hours.", advice="Write 7, or 7-10.")
    first = int(wanted[1]) if wanted else known[0]
    last = int(wanted[2] or wanted[1]) if wanted else known[-1]
    draft = Draft.from_bytes(read_file(arguments.file))
    found = house.workshop.stretches.find(draft)
    chosen = [each for each in found if arguments.record in (None, each.record)]
    if not chosen:
        names = ", ".join(dict.fromkeys(each.record for each in found)) or "none"
        raise UsageError(
            "no element has a beginning and an end to be set.", advice=f"Elements that have both: {names}."
        )
    data = set_hours(draft, chosen, day, first, last).to_bytes()
    for each in chosen[:5]:
        begins, ends = each.pieces(day, first, last)
        words = f"{each.start.name} {begins.text}, {each.end.name} {ends.text}"
        print(f"line {each.line:,}, {each.record}: {words}", file=sys.stderr)
    if arguments.save is not None:
        house.saving.save_bytes(data, arguments.save, overwrite=arguments.overwrite)
        print(f"saved: {arguments.save}", file=sys.stderr)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    return SUCCESS
