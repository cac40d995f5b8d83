"""1,000 signed retrieves as a run list (several at a time, on kept connections) against curl sending the same bytes.

    python tests/benchmarks/bench_run.py [CALLS] [AT_ONCE]

The simulator runs in a process of its own. Ours is the whole of a run list: the list, the courier with its manners,
dressed, signed, recorded, sent, kept, undressed, judged. curl sends messages that were dressed before (each with a
nonce of its own, so a message counts once), as many at a time, over connections that it keeps, in one process, and
keeps the answers; what starting it costs is measured with one message and taken off. In turns, so that whatever else
the computer does falls on all. Wanted: a ratio of at most 1.5.

What no Python program can do without is measured between them: as many threads with nothing but the bare library calls
of a signed retrieve (hash, sign, one shared write and flush, send, receive, keep, unpack, parse) over kept connections.
Its ratio to curl is the floor, ours to it what the program itself costs.

Where many files were deleted less than five minutes ago, ext4 makes new ones more slowly: so a second run soon after
the first (whose folder is deleted at its end) says less than the first.

The processor time of each is told as well: where the computer is busy with something else, it says more. So is what is
left to write behind when the calls are over, which ends before the others have their turn, and what the ratio would be
if the calls waited for that.
"""

import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from caiso_desktop.courier import CallCourier
from caiso_desktop.manners.courier import PoliteCourier, wait
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.exchange import Preview
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.run_list import Result, RunList, Step
from caiso_desktop.model.source import bytes_of
from caiso_desktop.runner.run import ListRunner
from tests.benchmarks.signed_retrieve import PAYLOAD, TARGET, Bare, Told, for_curl, need_curl, new_folder, simulator
from tests.workplace import SIMULATOR, workplace

WARM = 20
TURNS = 3


class Silent:
    """Watches nothing."""

    def begun(self, number: int) -> None:
        return

    def said(self, number: int, words: str) -> None:
        return

    def ended(self, result: Result) -> None:
        return


class Found(NamedTuple):
    """What one turn gave: seconds of ours, of what is left to write then, of the bare calls, and of curl."""

    ours: float
    behind: float
    bare: float
    curl: float


class SharedFlush:
    """A file that several threads write records to; who waits for the disk at the same time waits for one flush."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._turn = threading.Condition(threading.Lock())
        self._written = self._flushed = 0
        self._flushing = False

    def write(self, data: bytes) -> None:
        with self._turn:
            os.write(self._file, data)
            self._written += 1
            own = self._written
            while self._flushed < own:
                if self._flushing:
                    self._turn.wait()
                    continue
                self._flushing, upto = True, self._written
                self._turn.release()
                os.fdatasync(self._file)
                self._turn.acquire()
                self._flushing, self._flushed = False, upto
                self._turn.notify_all()

    def close(self) -> None:
        os.close(self._file)


class Recorded:
    """Bare retrieves that are kept and recorded, over one kept connection a thread."""

    def __init__(self, folder: Path, calls: Bare) -> None:
        self._folder = folder
        self._calls = calls
        self._log = SharedFlush(folder / "log")

    def run(self, messages: Iterator[tuple[int, Preview]]) -> None:
        """Carry messages until there are no more."""
        calls = self._calls
        with calls.connection() as stream:
            for number, message in messages:
                exchange = self._folder / str(number)
                exchange.mkdir()
                body = bytes_of(message.body)
                calls.sign(body)
                self._log.write(bytes(1200))
                (exchange / "request").write_bytes(body)
                calls.keep(calls.ask(stream, message, body), exchange / "response", exchange / "report.xml")

    def close(self) -> None:
        self._log.close()


def bare(folder: Path, told: Told, courier: CallCourier, call: Call, count: int, at_once: int) -> tuple[float, float]:
    """Seconds, and seconds of the processor, of so many bare retrieves, as many threads at a time."""
    messages = [courier.preview(call) for _ in range(count)]
    with (
        closing(Recorded(new_folder(folder), Bare(told, messages[0].url))) as calls,
        ThreadPoolExecutor(at_once) as pool,
    ):
        todo = enumerate(messages)
        begin, used = time.perf_counter(), time.process_time()
        list(pool.map(calls.run, [todo] * at_once))
        return time.perf_counter() - begin, time.process_time() - used


def ours(runner: ListRunner, identity: IdentityRef, count: int, at_once: int) -> tuple[float, float]:
    """Seconds, and seconds of the processor, of one run of so many retrieves."""
    steps = RunList("retrieves", (Step(TARGET, PAYLOAD),) * count)
    begin, used = time.perf_counter(), time.process_time()
    results = runner.run(steps, SIMULATOR.id, identity, CancelToken(), Silent(), at_once=at_once)
    taken = time.perf_counter() - begin, time.process_time() - used
    assert all(result.passed for result in results), next(result for result in results if not result.passed)
    return taken


def theirs(folder: Path, told: Told, courier: CallCourier, call: Call, count: int, at_once: int) -> tuple[float, float]:
    """Seconds, and seconds of the processor, of one curl process that sends so many messages."""
    place = new_folder(folder)
    config = for_curl(place, told, courier, call, count)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    command = ["curl", "--no-progress-meter", "--parallel", "--parallel-max", str(at_once), "--config", str(config)]
    subprocess.run(command, check=True)
    taken = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert len(list((place / "answers").iterdir())) == count
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(folder: Path, told: Told, count: int, at_once: int) -> None:
    """Measure in turns."""
    with workplace(folder, told.simulated) as place:
        courier, catalogue, identity = place.courier(), place.catalogue, place.identity
        call = Call(SIMULATOR.id, TARGET, PAYLOAD, identity)
        polite = PoliteCourier(courier, lambda call: catalogue.url(call.environment, call.target))
        runner = ListRunner(polite, lambda: catalogue, lambda target, place: "", lambda payload, place: payload, wait)
        ours(runner, identity, WARM, at_once)
        gc.freeze()  # as `caiso run` does
        found: list[Found] = []
        for _ in range(TURNS):
            taken, used = ours(runner, identity, count, at_once)
            begin = time.perf_counter()
            place.journal.flush()
            behind = time.perf_counter() - begin
            library, library_used = bare(folder, told, courier, call, count, at_once)
            start, start_used = theirs(folder, told, courier, call, 1, at_once)
            whole, whole_used = theirs(folder, told, courier, call, count + 1, at_once)
            curl, curl_used = whole - start, whole_used - start_used
            found.append(Found(taken, behind, library, curl))
            print(
                f"{count:,} retrieves, {at_once} at a time: ours {taken:.2f} s (processor {used:.2f} s; then"
                f" {behind:.2f} s to write behind), library calls {library:.2f} s (processor {library_used:.2f} s),"
                f" curl {curl:.2f} s (processor {curl_used:.2f} s); ratio {taken / curl:.2f}"
            )
        tell(found, count)


def tell(found: list[Found], count: int) -> None:
    """The medians."""
    ratio = statistics.median(each.ours / each.curl for each in found)
    behind = statistics.median((each.ours + each.behind) / each.curl for each in found)
    floor = statistics.median(each.bare / each.curl for each in found)
    own = statistics.median(each.ours / each.bare for each in found)
    pace = count / statistics.median(each.ours for each in found)
    print(f"ratio {ratio:.2f} (median of {TURNS}; wanted <= 1.5); ours makes {pace:.0f} calls a second")
    print(f"with what is written behind: {behind:.2f}")
    print(f"library calls in as many threads against curl: {floor:.2f}; ours against them: {own:.2f}")


def main(count: int, at_once: int) -> None:
    """Start the simulator, and measure."""
    need_curl()
    with tempfile.TemporaryDirectory() as name, simulator(Path(name)) as told:
        measure(Path(name), told, count, at_once)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 4,
    )
