"""`caiso journal`: list, show, verify and export the record of every call."""

import argparse
import csv
import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from caiso_desktop.cli.interrupt import until_done
from caiso_desktop.model.dossier import Dossiers, Hidden
from caiso_desktop.model.error import StorageError, UsageError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.journal import Entry, Filter, History, Standing
from caiso_desktop.model.journal_table import COLUMNS, row, sheet
from caiso_desktop.model.package import ignore_words
from caiso_desktop.model.safety import LookBack
from caiso_desktop.model.service import Kind

SUCCESS, FOUND_FAULTS = 0, 1
_MORE = "... there are more; ask for them with --limit, or narrow the search.\n"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its four verbs."""
    journal = commands.add_parser("journal", help="list, show, verify and export the record of every call")
    verbs = journal.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="the newest calls, one a line")
    _add_filters(listing)
    listing.add_argument("--unknown", action="store_true", help="only calls of unknown fate that nobody looked into")
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many (50)")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    show = verbs.add_parser("show", help="everything that is known of one call")
    show.add_argument("call", type=int, metavar="NUMBER")
    show.add_argument("--payload", action="store_true", help="print the payload, exactly as it was sent, instead")
    show.add_argument("--format", choices=("text", "json"), default="text")
    verify = verbs.add_parser("verify", help="check that no record was altered or removed; status 1 where one was")
    verify.add_argument("--head", default="", metavar="HASH", help="a head noted earlier, which must still be there")
    export = verbs.add_parser("export", help="every call that fits, as CSV; or one call with all there is of it")
    _add_filters(export)
    export.add_argument("--save", type=Path, metavar="FILE", help="a new file, for Excel too; else standard output")
    export.add_argument(
        "--exchange",
        type=int,
        metavar="NUMBER",
        help="save this call as a zip for somebody else, without tokens and user names, instead; wants --save",
    )
    add_hiding(export)


def add_hiding(parser: argparse.ArgumentParser) -> None:
    """The argument that says what else nobody else shall see."""
    parser.add_argument(
        "--hide-market",
        action="store_true",
        help="in the zip, stand-ins for scheduling coordinators, resources and prices too",
    )


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--environment", default="", metavar="E")
    parser.add_argument("--service", default="", metavar="[APPLICATION/]SERVICE")
    parser.add_argument("--kind", choices=[str(kind) for kind in Kind])
    parser.add_argument("--outcome", choices=[str(standing) for standing in Standing])
    parser.add_argument("--since", type=_moment, metavar="TIME", help="2026-03-10, or 2026-03-10T08:00Z; local if bare")
    parser.add_argument("--until", type=_moment, metavar="TIME", help="not included")
    parser.add_argument("--certificate", default="", metavar="TEXT", help="a thumbprint, or part of a subject")
    parser.add_argument("--trade-date", type=_day, metavar="DATE", help="Pacific, for example 2026-03-10")
    parser.add_argument("--text", default="", help="words of the payload or the answer; the last may be a beginning")


def run(arguments: argparse.Namespace, journal: History, look_back: LookBack, dossiers: Dossiers) -> int:
    """Run one verb; data goes to standard output, words to standard error."""
    if arguments.verb == "export" and arguments.exchange is not None:
        if arguments.save is None:
            raise UsageError("--exchange wants a file to save to.", advice="Add --save FILE.")
        exchange = look_back.exchange(journal.entry(arguments.exchange))
        return save_exchange(exchange, arguments.save, dossiers, hide_market=arguments.hide_market)
    verbs: dict[str, Callable[[argparse.Namespace, History], int]] = {
        "list": _list,
        "show": _show,
        "verify": _verify,
        "export": _export,
    }
    return verbs[arguments.verb](arguments, journal)


def _list(arguments: argparse.Namespace, journal: History) -> int:
    if arguments.limit < 1:
        raise UsageError("--limit must be 1 or more.")
    unknown = {entry.id for entry in journal.unknown()}
    fitting = (entry for entry in journal.all(_filter(arguments)) if not arguments.unknown or entry.id in unknown)
    entries = list(islice(fitting, arguments.limit + 1))
    shown = entries[: arguments.limit]
    if arguments.format == "json":
        print(json.dumps([_facts(entry) for entry in shown], indent=2))
    else:
        for entry in shown:
            print(_line(entry))
    if len(entries) > len(shown):
        sys.stderr.write(_MORE)
    if not shown:
        print("No call fits.", file=sys.stderr)
    return SUCCESS


def _show(arguments: argparse.Namespace, journal: History) -> int:
    if arguments.payload:
        sys.stdout.buffer.write(journal.payload(arguments.call))
        sys.stdout.buffer.flush()
        return SUCCESS
    facts = _facts(journal.entry(arguments.call))
    if arguments.format == "json":
        print(json.dumps(facts, indent=2))
    else:
        width = max(map(len, facts))
        for name, value in facts.items():
            print(f"{name:{width}}  {value}".rstrip())
    return SUCCESS


def _verify(arguments: argparse.Namespace, journal: History) -> int:
    verdict = journal.verify(arguments.head)
    for finding in verdict.findings:
        place = f"call {finding.call}: " if finding.call else ""
        print(f"{place}{finding.sentence}")
    stubs = f", of which retention has deleted {verdict.stubs:,}" if verdict.stubs else ""
    words = f"{len(verdict.findings):,} faults" if verdict.findings else "nothing was altered or removed"
    print(f"{verdict.calls:,} calls in {verdict.links:,} links{stubs}: {words}.", file=sys.stderr)
    if verdict.head:
        print(f"The head is {verdict.head}. Note it elsewhere to ask for it later.", file=sys.stderr)
    return FOUND_FAULTS if verdict.findings else SUCCESS


def save_exchange(exchange: Exchange, place: Path, dossiers: Dossiers, *, hide_market: bool) -> int:
    """Save an exchange for somebody else, to a new file, and say what in it is not as it was."""
    if place.exists():
        raise UsageError(f"{place} is there already.", advice="Name another file.")
    hidden = Hidden(market=hide_market)
    tell = _print_words if sys.stderr.isatty() else ignore_words
    try:
        replaced = until_done(
            lambda token: dossiers.save(exchange, place, hidden, overwrite=False, token=token, tell=tell), "save"
        )
    finally:
        _print_words("")
    print(f"saved: {place}", file=sys.stderr)
    print(f"replaced by stand-ins: {', '.join(replaced) or 'nothing was found'}", file=sys.stderr)
    return SUCCESS


def _print_words(words: str) -> None:
    """How far it is, on a line that is written over; nothing where nobody watches."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)


def _export(arguments: argparse.Namespace, journal: History) -> int:
    rows = sheet(journal.all(_filter(arguments)))
    if arguments.save is None:
        csv.writer(sys.stdout, lineterminator="\n").writerows(rows)
        sys.stdout.flush()
        return SUCCESS
    try:
        # With a byte-order mark, or Excel takes it for the code page of the country.
        with arguments.save.open("x", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)
    except FileExistsError:
        raise UsageError(f"{arguments.save} is there already.", advice="Name another file.") from None
    except OSError as error:
        raise StorageError(f"{arguments.save} could not be written ({error.strerror}).") from error
    print(f"saved: {arguments.save}", file=sys.stderr)
    return SUCCESS


def _filter(arguments: argparse.Namespace) -> Filter:
    application, slash, service = arguments.service.rpartition("/")
    return Filter(
        environment=arguments.environment,
        application=application.lower() if slash else "",
        service=service,
        kind=Kind(arguments.kind) if arguments.kind else None,
        standing=Standing(arguments.outcome) if arguments.outcome else None,
        since=arguments.since,
        until=arguments.until,
        certificate=arguments.certificate,
        trade_date=arguments.trade_date,
        text=arguments.text,
    )


def _facts(entry: Entry) -> dict[str, str]:
    return dict(zip(COLUMNS, row(entry), strict=True))


def _line(entry: Entry) -> str:
    record = entry.record
    started = record.started.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    service = f"{record.target.application}/{record.called} {record.target.version}".rstrip()
    again = f"  ({entry.repeats.often})" if entry.repeats else ""
    return f"{entry.id:6}  {started}  {record.environment:14}  {entry.standing:10}  {service}{again}"


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a time such as 2026-03-10 or 2026-03-10T08:00Z") from None
    return found.astimezone(UTC)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date such as 2026-03-10") from None
