"""`caiso macro`: what can be written into a payload for the day, the time or a new name, and what it means now."""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from caiso_desktop.assembly.house import House
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.macro import MEANINGS, Moment, expand_bytes, in_words, macros

SUCCESS = 0


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its two verbs."""
    macro = commands.add_parser(
        "macro",
        help="list the macros of payloads, or replace them in a file",
        description="Words in double braces in a payload become the trade date, the time or a new name when it is "
        "sent. In comments, CDATA sections and processing instructions they stay as they are.",
    )
    verbs = macro.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="every macro, and what it means now")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    expanding = verbs.add_parser("expand", help="print a file with its macros replaced, as it would be sent now")
    expanding.add_argument("file", metavar="FILE", help="- reads standard input")
    for verb in (listing, expanding):
        verb.add_argument("--environment", default="production", metavar="E", help="whose trade date (production)")


def run(arguments: argparse.Namespace, house: House) -> int:
    """Run one verb; data goes to standard output, words to standard error."""
    moment = moment_of(house, arguments.environment)
    if arguments.verb == "list":
        return _list(moment, arguments.format)
    payload, found = expand_bytes(read_file(arguments.file), moment)
    for written, value in in_words(found):
        print(f"{written} = {value}", file=sys.stderr)
    sys.stdout.buffer.write(payload)
    sys.stdout.buffer.flush()
    return SUCCESS


def moment_of(house: House, environment: str) -> Moment:
    """What the macros of a payload for an environment are relative to, now."""
    now = datetime.now(UTC)
    return Moment(house.catalogues.trade_date(house.catalogue.environment(environment).calendar, now), now)


def read_file(name: str) -> bytes:
    """The bytes of a file, or of standard input for ``-``; `UsageError` where it cannot be read."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name} cannot be read ({error.strerror}).") from error


def _list(moment: Moment, form: str) -> int:
    facts = [{"macro": macro, "meaning": meaning, "now": macros(macro, moment)[0].value} for macro, meaning in MEANINGS]
    if form == "json":
        print(json.dumps(facts, indent=2))
        return SUCCESS
    for fact in facts:
        print(f"{fact['macro']:26}  {fact['now']:36}  {fact['meaning']}")
    return SUCCESS
