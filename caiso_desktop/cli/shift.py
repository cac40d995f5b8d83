"""`caiso shift`: take a payload to another trade date, by the calendar."""

import argparse
import json
import sys
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from caiso_desktop.assembly.house import House
from caiso_desktop.cli.macro import moment_of, read_file
from caiso_desktop.model.day_shift import Decision, Field, Lack, ShiftPlan
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.macro import Moment, macros

SUCCESS = 0
_OPTIONS = {Lack.LACKING: "--lacking", Lack.ADDED: "--added"}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "shift",
        help="take a payload to another trade date",
        description="Moves every instant and day of a payload to another trade date: each instant keeps its hour "
        "ending in Pacific time, over changes of the clocks too. Everything else stays byte for byte.",
    )
    parser.add_argument("file", metavar="FILE", help="the XML payload; - reads standard input")
    parser.add_argument(
        "--to", required=True, metavar="DATE", help="2026-11-27, or trade_date+1 from the environment's trade date"
    )
    parser.add_argument("--from", dest="source", metavar="DATE", help="which of its days becomes it (its first)")
    parser.add_argument("--environment", default="production", metavar="E", help="whose trade date (production)")
    parser.add_argument(
        "--move", action="append", default=[], metavar="NAME", help="move these values too, which usually stay"
    )
    parser.add_argument("--keep", action="append", default=[], metavar="NAME", help="do not move these values")
    parser.add_argument(
        "--lacking",
        choices=[str(Decision.DROP), str(Decision.LEAVE)],
        help="records of an hour that the other day has not",
    )
    parser.add_argument(
        "--added", choices=[str(Decision.FILL), str(Decision.LEAVE)], help="an hour that only the other day has"
    )
    parser.add_argument("--preview", action="store_true", help="print what would change instead of the payload")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of the preview")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the payload to a file")
    parser.add_argument("--overwrite", action="store_true", help="let --save replace a file that is there")


def run(arguments: argparse.Namespace, house: House) -> int:
    """Shift one payload; it goes to standard output or a file, words to standard error."""
    moment = moment_of(house, arguments.environment)
    target, source = day_of(arguments.to, moment), day_of(arguments.source, moment) if arguments.source else None
    draft = Draft.from_bytes(read_file(arguments.file))
    plan = house.shifting.plan(draft, target, source=source)
    if arguments.move or arguments.keep:
        fields = _fields(plan.fields, arguments.move, arguments.keep)
        plan = house.shifting.plan(draft, target, source=plan.source, fields=fields)
    for note in plan.notes:
        print(note, file=sys.stderr)
    if arguments.preview:
        _preview(plan, arguments.format)
        return SUCCESS
    decisions = _decisions(plan, arguments.lacking, arguments.added)
    data = plan.apply(decisions).to_bytes()
    if arguments.save is not None:
        house.saving.save_bytes(data, arguments.save, overwrite=arguments.overwrite)
        print(f"saved: {arguments.save}", file=sys.stderr)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    print(f"{plan.source} -> {plan.target}: {plan.outcome(decisions)}", file=sys.stderr)
    return SUCCESS


def day_of(text: str, moment: Moment) -> date:
    """A day as a command is given it: ``2026-11-27``, or ``trade_date+1``; `UsageError` for what is none."""
    [found] = macros(f"{{{{{text}}}}}", moment) if text.startswith("trade_date") else (None,)
    try:
        return date.fromisoformat(found.value if found is not None else text)
    except ValueError:
        raise UsageError(f"'{text}' is not a day such as 2026-11-27 or trade_date+1.") from None


def _fields(known: tuple[Field, ...], move: Collection[str], keep: Collection[str]) -> frozenset[str]:
    """The paths that move; each name given must be there."""
    for wanted in (*move, *keep):
        if not any(wanted in (field.name, field.path) for field in known):
            names = ", ".join(dict.fromkeys(field.name for field in known))
            raise UsageError(f"no time of the payload stands under '{wanted}'.", advice=f"There are: {names}.")
    usual = {field.path for field in known if not field.why}
    more = {field.path for field in known if field.name in move or field.path in move}
    less = {field.path for field in known if field.name in keep or field.path in keep}
    return frozenset((usual | more) - less)


def _decisions(plan: ShiftPlan, lacking: str | None, added: str | None) -> Mapping[str, Decision]:
    said = {Lack.LACKING: lacking, Lack.ADDED: added}
    decisions = {}
    for gap in plan.gaps:
        choice = said[gap.kind]
        if choice is None:
            ways = " or ".join(f"{_OPTIONS[gap.kind]} {each} ({gap.words(each)})" for each in gap.choices)
            raise UsageError(gap.sentence, advice=f"Say {ways}.")
        decisions[gap.id] = Decision(choice) if Decision(choice) in gap.choices else Decision.LEAVE
    return decisions


def _preview(plan: ShiftPlan, form: str) -> None:
    if form == "json":
        facts = {
            "from": plan.source.isoformat(),
            "to": plan.target.isoformat(),
            "changes": [
                {
                    "field": change.field,
                    "line": change.line,
                    "old": change.old,
                    "new": change.new,
                    "old_hour": change.hour_before,
                    "new_hour": change.hour_after,
                }
                for change in plan.changes
            ],
            "gaps": [{"kind": str(gap.kind), "line": gap.line, "sentence": gap.sentence} for gap in plan.gaps],
            "unmoved": [
                {"field": field.path, "count": field.count, "why": field.why} for field in plan.fields if field.why
            ],
            "notes": list(plan.notes),
        }
        print(json.dumps(facts, indent=2))
        return
    for change in plan.changes:
        name = change.field.rpartition("/")[2]
        hours = f"  ({change.hour_before} -> {change.hour_after})" if change.hour_after else ""
        print(f"{change.line:7}  {name:24}  {change.old} -> {change.new}{hours}")
    for gap in plan.gaps:
        print(f"{gap.line:7}  {gap.sentence}")
    for field in plan.fields:
        if field.why:
            print(f"stays    {field.name:24}  {field.example} ({field.why})")
