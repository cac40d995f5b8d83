"""`caiso simulator`: the simulator on its own, for a script, for curl, or for another program's tests."""

import argparse
import json
import os
import signal
import stat
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from caiso_desktop.cli import disturbance
from caiso_desktop.cli.order import Orders
from caiso_desktop.model.error import StorageError, UsageError
from caiso_desktop.model.simulation import SimulatorServer

SUCCESS = 0
_LOOK = 0.5  # seconds; an endless wait would not hear Ctrl-C on Windows
_FILES = ("authority.pem", "client.pem", "client.key")


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of `caiso simulator`."""
    parser = commands.add_parser(
        "simulator",
        help="run the simulator until it is interrupted",
        description="Runs a CAISO on this computer (127.0.0.1) until Ctrl-C. It checks certificates and signatures as "
        "CAISO does. Its certificates are made for this run and are worth nothing anywhere else; they "
        "are valid for a week at most, and the key is written without a passphrase so that other programs can use it.",
        epilog="While it runs, each line on stdin is an order: 'fault 503 --for sibr --times 3', 'calm', 'show'; "
        "'help' lists them.",
    )
    parser.add_argument("--port", type=_port, default=0, help="port to listen on (default: a free one)")
    parser.add_argument(
        "--folder", type=Path, help="where to write the PEM files (default: a new folder, removed at the end)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="json: one line, for a program")
    disturbance.add_arguments(parser)
    parser.add_argument(
        "--play",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER|FILE",
        help="answer the same calls as in this saved exchange, or in a folder of such",
    )
    parser.add_argument("--list-faults", action="store_true", help="print what can be made to go wrong, and end")


def run(args: argparse.Namespace, simulator_factory: Callable[[int], SimulatorServer]) -> int:
    """Run until interrupted or terminated; ``simulator_factory`` makes a simulator for a port (0: a free one)."""
    ended = threading.Event()
    with _told_to_end(ended), _folder(args.folder) as folder:
        simulator = simulator_factory(args.port)
        if args.list_faults:
            print(disturbance.listed(simulator.control.kinds()))
            return SUCCESS
        try:
            disturbance.arrange(simulator.control, args)
            for source in args.play:
                simulator.control.play(source)
            _start(simulator, args.port)
            files = _write(folder, simulator)
            _print(simulator, files, args.format)
            Orders(simulator.control, ended).listen()
            while not ended.wait(_LOOK):
                pass
        finally:
            simulator.stop()
            if args.folder is not None:
                # The identity dies with its simulator: nothing is left of its key.
                for name in _FILES:
                    (folder / name).unlink(missing_ok=True)
    return SUCCESS


def _start(simulator: SimulatorServer, port: int) -> None:
    try:
        simulator.start()
    except OSError as error:
        raise UsageError(
            f"port {port} cannot be listened on: {error.strerror or error}.",
            advice="Choose another with --port, or leave it out to get a free one.",
        ) from error


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is no port; ports are 0 to 65535")
    return int(text)


@contextmanager
def _told_to_end(ended: threading.Event) -> Iterator[None]:
    """Set ``ended`` at Ctrl-C and at SIGTERM."""

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    if sys.platform != "win32":
        # In the background a read of the terminal is to fail, not to stop the simulator.
        before[signal.SIGTTIN] = signal.signal(signal.SIGTTIN, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _folder(chosen: Path | None) -> Iterator[Path]:
    if chosen is None:
        with tempfile.TemporaryDirectory(prefix="caiso-simulator-") as folder:
            yield Path(folder)
        return
    try:
        chosen.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"the folder {chosen} cannot be made: {error.strerror or error}.") from error
    yield chosen.resolve()


def _write(folder: Path, simulator: SimulatorServer) -> tuple[Path, Path, Path]:
    """The authority's certificate, the identity's certificate and its key; the key readable by its owner alone."""
    identity = simulator.identity
    authority, certificate, key = (folder / name for name in _FILES)
    try:
        authority.write_bytes(simulator.authority)
        certificate.write_bytes(identity.certificate)
        key.unlink(missing_ok=True)
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR), "wb") as file:
            file.write(identity.key)
    except OSError as error:
        raise StorageError(f"the simulator's files in {folder} could not be written: {error}.") from error
    return authority, certificate, key


def _print(simulator: SimulatorServer, files: tuple[Path, Path, Path], format: str) -> None:
    authority, certificate, key = (str(file) for file in files)
    if format == "json":
        facts = {
            "address": simulator.origin,
            "authority": authority,
            "certificate": certificate,
            "key": key,
            "subject": simulator.identity.subject,
            "bases": dict(simulator.bases()),
        }
        print(json.dumps(facts), flush=True)
        return
    print(f"address      {simulator.origin}")
    print(f"authority    {authority}")
    print(f"certificate  {certificate}")
    print(f"key          {key}")
    print(f"subject      {simulator.identity.subject}")
    for name, base in simulator.bases().items():
        print(f"{name:<12} {base}")
    sys.stdout.flush()
    print("A throw-away identity of this run: worth nothing anywhere else. Ctrl-C ends the simulator.", file=sys.stderr)
