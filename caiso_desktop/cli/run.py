"""`caiso run`: many calls to one environment, with what is expected of each."""

import argparse
import gc
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from caiso_desktop.assembly.house import House
from caiso_desktop.cli.call import NOT_MADE, SERVICE_ERROR, SUCCESS, UNKNOWN_FATE, identity, noting, told_unsaved
from caiso_desktop.cli.interrupt import until_done
from caiso_desktop.model.call import Door
from caiso_desktop.model.error import CaisoError, GuardError, IdentityError, UsageError
from caiso_desktop.model.journal import Standing
from caiso_desktop.model.run_list import MOST_AT_ONCE, Result, RunList
from caiso_desktop.model.run_table import as_csv, as_json, service_of, summary
from caiso_desktop.store.writable import why_not_writable


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    run = commands.add_parser(
        "run",
        help="make the calls of a list, and tell which went as expected",
        description="Makes the calls of a run list (a file of JSON) in one environment. Submits to the real market are "
        "refused. Exit status: 0 all went as expected, 1 a service answered otherwise, 3 a call could not be made, "
        "4 a call of unknown fate, 6 the results could not be saved.",
    )
    what = run.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the list")
    what.add_argument("--all-retrieves", action="store_true", help="every retrieve of the environment once, instead")
    run.add_argument("--application", default="", metavar="A", help="with --all-retrieves: of this application only")
    run.add_argument("--environment", required=True, metavar="E", help="production, map-stage, simulator ...")
    run.add_argument("--certificate", metavar="REF", help="STORE:THUMBPRINT, as `caiso certificate list` prints it")
    run.add_argument(
        "--at-once", type=int, default=1, metavar="N", help=f"so many calls at a time (1, at most {MOST_AT_ONCE})"
    )
    run.add_argument("--save", type=Path, metavar="FILE", help="the results in a new file: .csv, or .json")
    run.add_argument("--format", choices=("text", "csv", "json"), default="text")


def run(arguments: argparse.Namespace, house: House) -> int:
    """Run a list; the results go to standard output, words to standard error."""
    place = house.catalogue.environment(arguments.environment)
    save: Path | None = arguments.save
    if save is not None:
        _check_place(save)
    if arguments.application and not arguments.all_retrieves:
        raise UsageError("--application goes with --all-retrieves.")
    runs = house.runs(Door.COMMAND_LINE)
    if arguments.all_retrieves:
        run_list = runs.all_retrieves(place.id, arguments.application)
    else:
        run_list = runs.read(arguments.file)
    outlook = runs.outlook(run_list, place.id)
    if outlook.refused:
        raise GuardError(outlook.refused, advice="Nothing of the list was sent.")
    chosen = identity(arguments, house)
    if chosen is None and run_list.wants_certificate:
        raise IdentityError(
            f"no certificate is named, and {place.name} has not just one. Nothing of the list was sent.",
            advice="Add --certificate REF; `caiso certificate list` shows what there is.",
        )
    print(f"{run_list.title}: {outlook.words(place.name)}", file=sys.stderr)
    watcher = _Terminal(len(run_list.steps), show=arguments.format == "text")
    gc.freeze()  # the collector goes through the results of a long list often enough; what is imported stays anyway
    results = until_done(
        lambda token: runs.run(run_list, place.id, chosen, token, watcher, at_once=arguments.at_once), "run"
    )
    unsaved: list[CaisoError] = []
    if save is not None:
        data = _written(results, run_list, place.id, save.suffix.lower().lstrip("."))
        with noting(unsaved):
            house.saving.save_bytes(data, save, overwrite=False)
    if arguments.format == "json":
        print(as_json(results, run_list.title, place.id), end="")
    elif arguments.format == "csv":
        sys.stdout.write(as_csv(results, place.id).replace("\r\n", "\n"))
    sys.stdout.flush()
    print(summary(results), file=sys.stderr)
    return told_unsaved(unsaved, status(results))


def _check_place(save: Path) -> None:
    """Refuse, before anything is sent, a file that the results could not be saved in."""
    if save.exists():
        raise UsageError(f"{save} is there already.", advice="Name another file.")
    if save.suffix.lower() not in (".csv", ".json"):
        raise UsageError(f"{save.name} ends neither in .csv nor in .json.", advice="Name a file that does.")
    folder = save.absolute().parent
    hindrance = why_not_writable(folder) if folder.is_dir() else f"{folder} is not a folder"
    if hindrance:
        raise UsageError(f"{hindrance}.", advice="Name a file elsewhere.")


def _written(results: Sequence[Result], run_list: RunList, environment: str, form: str) -> bytes:
    if form == "json":
        return as_json(results, run_list.title, environment).encode()
    # With a byte-order mark, or Excel takes it for the code page of the country.
    return as_csv(results, environment).encode("utf-8-sig")


def status(results: Sequence[Result]) -> int:
    """The exit status: the gravest of what did not go as expected."""
    found = {result.found for result in results if not result.passed}
    if Standing.UNKNOWN in found:
        return UNKNOWN_FATE
    if found & {Standing.NOT_SENT, Standing.CANCELLED}:
        return NOT_MADE
    return SERVICE_ERROR if found else SUCCESS


class _Terminal:
    """Prints each result as it comes, and how far the others are where somebody watches."""

    def __init__(self, count: int, *, show: bool) -> None:
        self._count = count
        self._show = show
        self._watched = sys.stderr.isatty()
        self._lock = threading.Lock()

    def begun(self, number: int) -> None:
        """A step has begun."""
        self.said(number, "")

    def said(self, number: int, words: str) -> None:
        """How far it is."""
        if self._watched:
            with self._lock:
                print(f"\r\x1b[K{number} of {self._count} {words}".rstrip(), end="", file=sys.stderr, flush=True)

    def ended(self, result: Result) -> None:
        """It is over."""
        with self._lock:
            if self._watched:
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            if self._show:
                print(_line(result), flush=True)


def _line(result: Result) -> str:
    word = "pass" if result.passed else "FAIL"
    took = f"{result.seconds:.2f} s" if result.seconds is not None else ""
    wanted = "" if result.passed else f" (expected {' or '.join(map(str, result.step.expected))})"
    words = f"  {result.words}" if result.words and not result.passed else ""
    head = f"{word}  {result.number:4}  {result.step.scenario:12}  {took:>8}"
    target = result.step.target
    called = " ".join(filter(None, (service_of(result.step), target.version, target.procedure)))
    return f"{head}  {called}: {result.found}{wanted}{words}"
