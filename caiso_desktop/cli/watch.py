"""`caiso watch`: repeats a retrieve until data appear or change, for scripts that wait for the market."""

import argparse
import json
import shutil
import sys
from pathlib import Path

from caiso_desktop.assembly.house import House
from caiso_desktop.cli import call as one
from caiso_desktop.cli.interrupt import until_done
from caiso_desktop.model.error import Fate, UsageError
from caiso_desktop.model.service import Kind
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.model.watch import FASTEST, LONGEST, Finish, Look, Plan, Until, Watched

TIME_UP = 5


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "watch",
        help="repeat a retrieve until data appear or change",
        epilog="Exit status: 0 it came, 1 the service answered with an error that does not pass, 2 usage, "
        "3 a call could not be made, 4 a call was sent and its fate is not known, 5 the time is up.",
    )
    one.add_arguments(parser)
    parser.add_argument(
        "--until",
        choices=[str(each) for each in Until],
        default=str(Until.DATA),
        help="data appear (the default), change, or a batch has been checked",
    )
    parser.add_argument(
        "--every",
        type=float,
        default=60,
        metavar="SECONDS",
        help=f"at least {FASTEST}; 60 if left out",
    )
    parser.add_argument(
        "--for",
        type=float,
        default=60,
        dest="minutes",
        metavar="MINUTES",
        help=f"how long to watch, at most {LONGEST // 60}; 60 if left out",
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the report to a file instead of printing it")
    parser.add_argument("--overwrite", action="store_true", help="let --save replace a file that is there")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="json prints the facts of the watch")


def run(arguments: argparse.Namespace, house: House) -> int:
    """Watch; the report of the last look goes to standard output or a file, words to standard error."""
    plan = Plan(Until(arguments.until), arguments.every, arguments.minutes * 60)
    written = one.written_payload(arguments, house)
    call = one.make_call(arguments, house, written)
    if house.catalogue.kind(call.target) is not Kind.RETRIEVE:
        raise UsageError("only a retrieve can be watched: everything else changes something.")
    destination: Path | None = arguments.save
    if destination is not None and destination.exists() and not arguments.overwrite:
        raise UsageError(f"{destination} is there already.", advice="Name another file, or add --overwrite.")
    watcher = house.watching.watcher
    # The macros mean at each look what they mean then.
    ended = until_done(
        lambda token: watcher.watch(
            lambda: one.make_call(arguments, house, written), plan, token, _tell, ignore_progress
        ),
        "watch",
    )
    print(ended.words, file=sys.stderr)
    answer = ended.exchange.answer if ended.exchange is not None else None
    report = answer.report if answer is not None and ended.finish is Finish.MET else None
    if report is not None and destination is not None:
        house.saving.save_copy(report, destination, overwrite=arguments.overwrite)
        print(f"saved: {destination}", file=sys.stderr)
    if arguments.format == "json":
        print(json.dumps(_facts(ended, destination if report is not None else None), indent=2))
    elif report is not None and destination is None:
        with report.open("rb") as stream:
            shutil.copyfileobj(stream, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    return _status(ended)


def _tell(look: Look) -> None:
    exchange = look.exchange
    said = str(exchange.answer.outcome) if exchange.answer is not None else exchange.trouble
    following = f"; again in {look.following:.0f} s" if look.following is not None else ""
    print(f"{exchange.started:%H:%M:%S} GMT look {look.number}: {said}{following}", file=sys.stderr, flush=True)


def _facts(ended: Watched, saved: Path | None) -> dict[str, object]:
    answer = ended.exchange.answer if ended.exchange is not None else None
    return {
        "finish": str(ended.finish),
        "looks": ended.looks,
        "words": ended.words,
        "outcome": str(answer.outcome) if answer is not None else None,
        "saved": str(saved) if saved is not None else None,
    }


def _status(ended: Watched) -> int:
    answer = ended.exchange.answer if ended.exchange is not None else None
    if ended.finish is Finish.MET:
        # A batch that was refused was followed to its end, but it is no success.
        return one.SERVICE_ERROR if answer is not None and answer.batch and answer.batch.refused else one.SUCCESS
    if ended.finish is Finish.TIME_UP:
        return TIME_UP
    if ended.exchange is not None and ended.exchange.fate is Fate.UNKNOWN:
        return one.UNKNOWN_FATE
    return one.SERVICE_ERROR if answer is not None else one.NOT_MADE
