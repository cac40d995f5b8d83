"""The arguments by which something is made to go wrong in the simulator: at its start, in an order, and for a call."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap

from caiso_desktop.model.error import UsageError
from caiso_desktop.model.simulation import Disturbance, FaultChoice, FaultKind, SimulatorControl

_WIDTH = 100
_INDENT = 24


def add_arguments(parser: argparse.ArgumentParser, *, as_option: bool = True) -> None:
    """The faults (``--fault`` again and again, or bare names) and with which calls."""
    if as_option:
        _add_fault(parser, "let this go wrong from the start, such as 503 or slow=5; again for more at once")
    else:
        parser.add_argument("faults", nargs="+", type=fault, metavar="NAME[=AMOUNT]")
    parser.add_argument("--for", dest="service", default="", metavar="SERVICE", help="such as sibr/RetrieveCleanBidSet")
    parser.add_argument("--times", type=int, metavar="N", help="so many calls (default: until it is taken back)")
    parser.add_argument("--share", type=float, default=1.0, metavar="X", help="only so many of the calls, 0 to 1")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="which: the same seed, the same calls")


def add_to_call(parser: argparse.ArgumentParser) -> None:
    """What the simulator behind a call of the simulator's environment does with it."""
    group = parser.add_argument_group("the simulator", "With --environment simulator only.")
    _add_fault(
        group, "let this go wrong, such as 503 or slow=5; again for more at once; `caiso simulator --list-faults`"
    )
    group.add_argument("--times", type=int, metavar="N", help="so many tries (default: all)")
    group.add_argument(
        "--play",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER|FILE",
        help="answer as in this saved exchange, where it is the same call",
    )


def _add_fault(parser: argparse._ActionsContainer, help: str) -> None:
    parser.add_argument(
        "--fault", dest="faults", action="append", type=fault, default=[], metavar="NAME[=AMOUNT]", help=help
    )


def arrange_for_call(control: SimulatorControl, options: argparse.Namespace, simulator: str) -> None:
    """Arrange what a call asks for; `UsageError` where it does not go to the simulator (its environment's id)."""
    if not options.faults and not options.play:
        if options.times is not None:
            raise UsageError("--times belongs to a --fault.")
        return
    if options.environment != simulator:
        raise UsageError(
            "--fault and --play are for the simulator, and this call goes elsewhere.",
            advice=f"Add --environment {simulator}, or leave them out.",
        )
    if options.faults:
        control.disturb(Disturbance(tuple(options.faults), times=options.times))
    for source in options.play:
        control.play(source)


def tell_missed(control: SimulatorControl, faults: Sequence[FaultChoice], *, plays: bool) -> None:
    """Say so where what was to go wrong befell nothing, for not every answer has what is to be spoilt; and where what
    was to be played was not, for the call is another.
    """
    state = control.state()
    if plays and not any(call.times for call in state.playing):
        saved = ", ".join(sorted({call.service for call in state.playing}))
        print(
            f"Nothing was played; the simulator's own answer came. The same call is {saved} with the payload that "
            "`caiso exchange show FILE --payload` prints.",
            file=sys.stderr,
        )
    for arranged in state.arranged[-1:] if faults else ():
        if not arranged.hits and arranged.disturbance.faults == tuple(faults):
            words = " ".join(str(each) for each in faults)
            print(
                f"Nothing went wrong: {words} befalls no such call; see `caiso simulator --list-faults`.",
                file=sys.stderr,
            )


def fault(text: str) -> FaultChoice:
    """``slow=5`` or ``503``."""
    name, told, amount = text.partition("=")
    try:
        return FaultChoice(name, float(amount) if told else None)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{amount}' is no number") from None


def arrange(control: SimulatorControl, options: argparse.Namespace) -> None:
    """Arrange what the options say; `UsageError` where they say with which calls, but not what."""
    if options.faults:
        faults = tuple(options.faults)
        control.disturb(Disturbance(faults, options.service, options.times, options.share, options.seed))
    elif options.service or options.times is not None or options.share != 1.0 or options.seed:
        raise UsageError("--for, --times, --share and --seed belong to a --fault.")


def listed(kinds: Sequence[FaultKind]) -> str:
    """What can go wrong, one under the other."""
    lines = []
    for kind in kinds:
        name = f"{kind.name}={kind.usual:g}" if kind.unit else kind.name
        words = f"{kind.words} ({kind.unit})" if kind.unit else kind.words
        told = wrap(words, _WIDTH - _INDENT)
        lines.append(f"{name:<{_INDENT}}{told[0]}")
        lines += [" " * _INDENT + more for more in told[1:]]
    return "\n".join(lines)
