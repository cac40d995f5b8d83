"""`caiso watch`: repeats a retrieve until data appear or change, for scripts that wait for the market; or ADS."""

import argparse
import shutil
import sys
from pathlib import Path

from caiso_desktop.assembly.house import House
from caiso_desktop.cli import call as one
from caiso_desktop.cli import watch_dispatch
from caiso_desktop.cli.interrupt import until_done
from caiso_desktop.cli.watch_dispatch import print_line, trouble_status
from caiso_desktop.model import dispatch_watch as dispatch
from caiso_desktop.model.dispatch_watch import EVERY
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.service import Kind
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.model.watch import FASTEST, LONGEST, Finish, Look, Plan, Until, Watched

_EVERY, _MINUTES = 60, 60


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "watch",
        help="repeat a retrieve until data appear or change, or list the dispatch batches of ADS as they come",
        epilog="Exit status: 0 it came, 1 the service answered with an error that does not pass, 2 usage, "
        "3 a call could not be made, 4 a call was sent and its fate is not known, 5 it did not come in time. "
        "Ctrl-C ends it; `caiso watch ads` goes on until then, and that is no failure.",
    )
    one.add_arguments(parser, "or ads, to watch dispatch")
    parser.add_argument(
        "--until",
        choices=[str(each) for each in Until],
        help="data appear (the default), change, or a batch has been checked; of ads: a batch comes, or changes too",
    )
    parser.add_argument(
        "--every",
        type=float,
        metavar="SECONDS",
        help=f"at least {FASTEST}; {_EVERY} if left out; ads is asked every {EVERY:.0f}",
    )
    parser.add_argument(
        "--for",
        type=float,
        dest="minutes",
        metavar="MINUTES",
        help=f"how long to watch, at most {LONGEST // 60}; {_MINUTES} if left out, and of ads until it is stopped",
    )
    parser.add_argument(
        "--since", metavar="UID", help="of ads: begin with what came after this batch; -1 is all of a day"
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the report to a file instead of printing it")
    parser.add_argument("--overwrite", action="store_true", help="let --save replace a file that is there")
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="json prints a line for each look, or batch, as it comes, and one for the end",
    )


def run(arguments: argparse.Namespace, house: House) -> int:
    """Watch; the report of the last look goes to standard output or a file, words to standard error."""
    if arguments.service.lower() == dispatch.APPLICATION:
        return watch_dispatch.run(arguments, house)
    if arguments.since is not None:
        raise UsageError("--since is for ads.", advice="A retrieve asks for what its payload says.")
    minutes = _MINUTES if arguments.minutes is None else arguments.minutes
    every = _EVERY if arguments.every is None else arguments.every
    plan = Plan(Until(arguments.until or Until.DATA), every, minutes * 60)
    written = one.written_payload(arguments, house)
    call = one.make_call(arguments, house, written)
    if house.catalogue.kind(call.target) is not Kind.RETRIEVE:
        raise UsageError("only a retrieve can be watched: everything else changes something.")
    destination: Path | None = arguments.save
    if destination is not None and destination.exists() and not arguments.overwrite:
        raise UsageError(f"{destination} is there already.", advice="Name another file, or add --overwrite.")
    watcher = house.watching.watcher
    tell = _tell_and_print if arguments.format == "json" else _tell
    # The macros mean at each look what they mean then.
    ended = until_done(
        lambda token: watcher.watch(
            lambda: one.make_call(arguments, house, written), plan, token, tell, ignore_progress
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
        print_line(_facts(ended, destination if report is not None else None))
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


def _tell_and_print(look: Look) -> None:
    _tell(look)
    answer = look.exchange.answer
    print_line(
        {
            "look": look.number,
            "started": look.exchange.started.isoformat(),
            "exchange": look.exchange.id,
            "outcome": str(answer.outcome) if answer is not None else None,
            "trouble": look.exchange.trouble or None,
            "again_in": look.following,
        }
    )


def _facts(ended: Watched, saved: Path | None) -> dict[str, object]:
    answer = ended.exchange.answer if ended.exchange is not None else None
    return {
        "finish": str(ended.finish),
        "looks": ended.looks,
        "words": ended.words,
        "outcome": str(answer.outcome) if answer is not None else None,
        "report": str(saved or answer.report) if answer is not None and (saved or answer.report) else None,
    }


def _status(ended: Watched) -> int:
    if ended.finish is Finish.MET:
        return one.SERVICE_ERROR if ended.refused else one.SUCCESS
    if ended.finish in (Finish.TIME_UP, Finish.STOPPED):
        return one.NOT_IN_TIME
    return trouble_status(ended)
