"""The `caiso` command: reads the arguments, hands them to a command, and turns errors into words and a status."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence

from caiso_desktop import __version__
from caiso_desktop.assembly.house import House
from caiso_desktop.cli import (
    call,
    catalogue,
    certificate,
    difference,
    doctor,
    drafts,
    exchange,
    hours,
    journal,
    macro,
    network,
    run,
    sample,
    schema,
    sheet,
    shift,
    simulator,
    template,
    trust,
    validate,
    watch,
)
from caiso_desktop.cli.asking import TerminalAsking
from caiso_desktop.model.error import CaisoError, UsageError


def build_parser() -> argparse.ArgumentParser:
    """Every command and its arguments."""
    parser = argparse.ArgumentParser(
        prog="caiso",
        description="The web services of the California ISO from the command line.",
        epilog="Exit status: 0 success, 1 the service answered with an error, 2 usage, 3 the call could not be made, "
        "4 sent and of unknown fate, 6 answered, but what came could not be saved.",
    )
    parser.add_argument("--version", action="version", version=f"caiso {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    catalogue.add_parser(commands)
    call.add_parsers(commands)
    simulator.add_parser(commands)
    macro.add_parser(commands)
    validate.add_parser(commands)
    sample.add_parser(commands)
    schema.add_parser(commands)
    drafts.add_parser(commands)
    difference.add_parser(commands)
    hours.add_parser(commands)
    shift.add_parser(commands)
    sheet.add_parser(commands)
    template.add_parser(commands)
    journal.add_parser(commands)
    exchange.add_parser(commands)
    certificate.add_parser(commands)
    doctor.add_parser(commands)
    network.add_parser(commands)
    trust.add_parser(commands)
    watch.add_parser(commands)
    run.add_parser(commands)
    return parser


def main(arguments: Sequence[str] | None = None, build_house: Callable[[], House] | None = None) -> int:
    """Run one command; the exit status is the design's."""
    options = build_parser().parse_args(arguments)
    try:
        house = build_house() if build_house is not None else House(asking=TerminalAsking())
    except CaisoError as error:
        print(f"caiso: {error}", file=sys.stderr)
        return call.NOT_MADE
    try:
        return _run(options, house)
    except UsageError as error:
        print(f"caiso: {error}", file=sys.stderr)
        return call.USAGE
    except CaisoError as error:
        print(f"caiso: {error}", file=sys.stderr)
        return call.status_of(error)
    except BrokenPipeError:
        sys.stderr.close()
        return call.SUCCESS
    except KeyboardInterrupt:
        return call.NOT_MADE
    except Exception as error:  # noqa: BLE001  no traceback reaches a user
        report = house.memory.diary(__version__, "caiso").report(error)
        print(f"caiso: a fault in the program itself ({type(error).__name__}).", file=sys.stderr)
        if report is not None:
            print(f"What support needs to find it, without payloads and secrets, is in {report}", file=sys.stderr)
        # A call may have left before the fault; the journal says what is known of it.
        return call.UNKNOWN_FATE if options.command in ("call", "run") else call.NOT_MADE
    finally:
        house.close()


# The commands that take what they need from the house themselves.
_COMMANDS: Mapping[str, Callable[[argparse.Namespace, House], int]] = {
    "difference": difference.run,
    "hours": hours.run,
    "drafts": drafts.run,
    "exchange": lambda options, house: exchange.run(options, house.dossiers),
    "macro": macro.run,
    "network": lambda options, house: network.run(options, house.reaching, house.catalogue),
    "run": run.run,
    "sample": sample.run,
    "schema": schema.run,
    "sheet": sheet.run,
    "shift": shift.run,
    "template": template.run,
    "trust": lambda options, house: trust.run(options, house.road.authorities, house.catalogue),
    "validate": validate.run,
    "watch": watch.run,
}


def _run(options: argparse.Namespace, house: House) -> int:
    if options.command in _COMMANDS:
        return _COMMANDS[options.command](options, house)
    if options.command == "catalogue":
        return catalogue.run(options, house.catalogue)
    if options.command == "simulator":
        return simulator.run(options, house.new_simulator)
    if options.command == "journal":
        return journal.run(options, house.journal, house.look_back, house.dossiers)
    if options.command == "certificate":
        return certificate.run(
            options,
            house.cabinet,
            house.track_record,
            house.catalogue,
            lambda: house.trial,
            TerminalAsking,
        )
    if options.command == "doctor":
        return doctor.run(options, house.doctor, house.catalogue, call.identity(options, house))
    if options.command == "envelope":
        return call.run_envelope(options, house)
    return call.run_call(options, house)
