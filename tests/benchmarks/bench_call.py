"""A signed retrieve (dressed, signed, recorded, sent, kept, undressed) against curl sending the same bytes.

    python tests/benchmarks/bench_call.py [CALLS]

The simulator runs in a process of its own. curl sends messages that were dressed before, each with a nonce of its own,
over one kept connection in one process, and keeps the answers; what starting it and its handshake cost is measured with
one message and taken off. Ours leaves out its first calls likewise. In turns, so that whatever else the computer does
falls on both, and told thrice:

1. ours with a journal that does nothing, against curl;
2. ours with the journal, against curl;
3. the same, against curl and one bare write and flush of a record's bytes: what no journal can do without.

Wanted: at most 1.5 in the first and in the third. What the journal does between and after calls is told as well.

What no Python program can do without is measured beside it: the bare library calls of a signed retrieve in one straight
line (hash, sign, send, receive, keep, unpack, parse), without a journal, a limit, a cancel or a word for anybody. Its
ratio to curl says how much of ours is Python's and the checked report's, ours to it what the program itself costs.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from caiso_desktop.courier import CallCourier
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.journal import Ending, Record
from caiso_desktop.model.source import Payload, bytes_of
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.store.swift import SwiftJournal
from tests.benchmarks.signed_retrieve import PAYLOAD, TARGET, Bare, Told, for_curl, need_curl, new_folder, simulator
from tests.workplace import SIMULATOR, workplace

WARM = 3
TURNS = 5


class NoJournal(SwiftJournal):
    """A journal that does nothing while calls are carried."""

    def begin(self, record: Record, payload: Payload) -> int:
        return 1

    def end(self, call: int, ending: Ending) -> None:
        return


def our_calls(courier: CallCourier, call: Call, count: int) -> list[float]:
    """Seconds of each call but the first few."""
    taken = []
    for _ in range(count + WARM):
        begin = time.perf_counter()
        exchange = courier.carry(call, CancelToken(), ignore_progress)
        taken.append(time.perf_counter() - begin)
        assert exchange.succeeded, exchange
    return taken[WARM:]


def curl(folder: Path, told: Told, courier: CallCourier, call: Call, count: int) -> float:
    """Seconds of one curl process that sends so many messages."""
    config = for_curl(new_folder(folder), told, courier, call, count)
    begin = time.perf_counter()
    subprocess.run(["curl", "--config", str(config)], check=True)
    return time.perf_counter() - begin


def bare_calls(folder: Path, told: Told, courier: CallCourier, call: Call, count: int) -> float:
    """Seconds of one retrieve made of nothing but library calls, over one kept connection."""
    messages = [courier.preview(call) for _ in range(count + WARM)]
    calls, taken = Bare(told, messages[0].url), []
    with calls.connection() as stream:
        for message in messages:
            body = bytes_of(message.body)
            begin = time.perf_counter()
            calls.sign(body)
            calls.keep(calls.ask(stream, message, body), folder / "bare-answer", folder / "bare-report")
            taken.append(time.perf_counter() - begin)
    return statistics.median(taken[WARM:])


def bare_flush(folder: Path, size: int, count: int) -> float:
    """Seconds of one write of so many bytes at the end of a file, flushed to the disk."""
    taken = []
    file = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        for _ in range(count):
            begin = time.perf_counter()
            os.write(file, bytes(size))
            os.fsync(file)
            taken.append(time.perf_counter() - begin)
    finally:
        os.close(file)
    return statistics.median(taken)


def measure(folder: Path, told: Told, count: int) -> None:
    """Measure in turns."""
    with workplace(folder, told.simulated) as place:
        call, journal = Call(SIMULATOR.id, TARGET, PAYLOAD, place.identity), place.journal
        bare, recorded = place.courier(NoJournal(place.database, place.runs, place.note)), place.courier()
        found: list[tuple[float, ...]] = []
        for _ in range(TURNS):
            without = statistics.median(our_calls(bare, call, count))
            start = curl(folder, told, bare, call, 1)
            theirs = (curl(folder, told, bare, call, count + 1) - start) / count
            everything = statistics.median(our_calls(recorded, call, count))
            begin = time.perf_counter()
            journal.flush()
            later = time.perf_counter() - begin
            flush = bare_flush(folder, 1200, count)
            calls = bare_calls(folder, told, bare, call, count)
            ratios = (without / theirs, everything / theirs, everything / (theirs + flush), calls / theirs)
            found.append((*ratios, without / calls))
            print(
                f"curl {1000 * theirs:.2f} ms, flush {1000 * flush:.2f} ms, library calls {1000 * calls:.2f} ms;"
                f" ours without journal {1000 * without:.2f}"
                f" ms, with {1000 * everything:.2f} ms; ratios {', '.join(f'{ratio:.2f}' for ratio in found[-1])}"
                f"; {1000 * later:.0f} ms left to write behind"
            )
        one, two, three, floor, own = (statistics.median(column) for column in zip(*found, strict=True))
        print(f"1. without the journal, against curl: {one:.2f} (median of {TURNS}; wanted <= 1.5)")
        print(f"2. all included, against curl: {two:.2f}")
        print(f"3. all included, against curl and one bare flush: {three:.2f} (wanted <= 1.5)")
        print(f"bare library calls against curl: {floor:.2f}; ours without the journal against them: {own:.2f}")


def main(count: int) -> None:
    """Start the simulator, and measure."""
    need_curl()
    with tempfile.TemporaryDirectory() as name, simulator(Path(name)) as told:
        measure(Path(name), told, count)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
