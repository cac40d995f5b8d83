"""1,000 signed retrieves as a run list (several at a time, on kept connections) against curl sending the same bytes.

    python tests/benchmarks/bench_run.py [CALLS] [AT_ONCE]

The simulator runs in a process of its own. Ours is the whole of a run list: the list, the courier with its manners,
dressed, signed, recorded, sent, kept, undressed, judged. curl sends messages that were dressed before (each with a
nonce of its own, so a message counts once), as many at a time, over connections that it keeps, in one process, and
keeps the answers; what starting it costs is measured with one message and taken off. In turns, so that whatever else
the computer does falls on both. Wanted: a ratio of at most 1.5.

The processor time of both is told beside it: where the computer is busy with something else, it says more.
"""

import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from functools import partial
from pathlib import Path

from caiso_desktop.assembly.place import find_resources
from caiso_desktop.catalogue.load import load
from caiso_desktop.courier import CallCourier
from caiso_desktop.keystore.memory import MemoryKeystore
from caiso_desktop.manners.courier import PoliteCourier, wait
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.identity import IdentityRef, Trust
from caiso_desktop.model.run_list import Result, RunList, Step
from caiso_desktop.model.service import Environment, Target, Variant
from caiso_desktop.model.source import bytes_of
from caiso_desktop.runner.run import ListRunner
from caiso_desktop.store.chain import HeadNote
from caiso_desktop.store.database import Database
from caiso_desktop.store.format import STEPS
from caiso_desktop.store.journal import prepare
from caiso_desktop.store.known_host import ApprovedHosts
from caiso_desktop.store.run import Runs
from caiso_desktop.store.setting import FileSettings
from caiso_desktop.store.spool import USUAL, Spool
from caiso_desktop.store.swift import SwiftJournal
from caiso_desktop.wire.transport import HttpTransport

TARGET = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
PAYLOAD = b"""<RequestCleanBidSet xmlns="http://www.caiso.com/soa/RequestCleanBidSet_v4.xsd#"><MessagePayload>
<MarketStartTime>2026-11-22T08:00:00Z</MarketStartTime><MarketEndTime>2026-11-22T09:00:00Z</MarketEndTime>
</MessagePayload></RequestCleanBidSet>"""
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


def ours(runner: ListRunner, identity: IdentityRef, count: int, at_once: int) -> tuple[float, float]:
    """Seconds, and seconds of the processor, of one run of so many retrieves."""
    steps = RunList("retrieves", (Step(TARGET, PAYLOAD),) * count)
    begin, used = time.perf_counter(), time.process_time()
    results = runner.run(steps, "simulator", identity, CancelToken(), Silent(), at_once=at_once)
    taken = time.perf_counter() - begin, time.process_time() - used
    assert all(result.passed for result in results), next(result for result in results if not result.passed)
    return taken


def write_messages(folder: Path, facts: dict[str, str], courier: CallCourier, call: Call, count: int) -> Path:
    """So many messages, dressed, and the configuration that lets curl send them."""
    answers = folder / "answers"
    answers.mkdir()
    lines: list[str] = []
    for number in range(count):
        preview = courier.preview(call)
        body = folder / f"message-{number}"
        body.write_bytes(bytes_of(preview.body))
        lines += [f'url = "{preview.url}"', f'data-binary = "@{body}"', f'output = "{answers / str(number)}"', "silent"]
        lines += [f'cacert = "{facts["authority"]}"', f'cert = "{facts["certificate"]}"', f'key = "{facts["key"]}"']
        quoted = [(name, value.replace('"', '\\"')) for name, value in preview.headers]
        lines += [f'header = "{name}: {value}"' for name, value in quoted] + ["fail", "next"]
    config = folder / "config"
    config.write_text("\n".join(lines[:-1]), encoding="utf-8")
    return config


def theirs(
    folder: Path, facts: dict[str, str], courier: CallCourier, call: Call, count: int, at_once: int
) -> tuple[float, float]:
    """Seconds, and seconds of the processor, of one curl process that sends so many messages."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        config = write_messages(Path(name), facts, courier, call, count)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.perf_counter()
        command = ["curl", "--no-progress-meter", "--parallel", "--parallel-max", str(at_once), "--config", str(config)]
        subprocess.run(command, check=True)
        taken = time.perf_counter() - begin
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert len(list((Path(name) / "answers").iterdir())) == count
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(folder: Path, facts: dict[str, str], transport: HttpTransport, count: int, at_once: int) -> None:
    """Measure in turns."""
    simulator = Environment("simulator", "Simulator", "", guarded=False)
    catalogue = load(find_resources() / "catalogue").with_environment(simulator, json.loads(facts["bases"]))
    keystore = MemoryKeystore("simulator")
    identity = keystore.add(*(Path(facts[part]).read_bytes() for part in ("certificate", "key")))
    trust = Trust((Path(facts["authority"]).read_bytes(),))
    note, runs = HeadNote(folder / "journal.head"), Runs(folder / "run")
    call = Call("simulator", TARGET, PAYLOAD, identity.ref)
    with (
        closing(runs),
        closing(Database(folder / "journal.sqlite", STEPS, prepare=partial(prepare, note=note))) as database,
        closing(SwiftJournal(database, runs, note)) as journal,
        closing(Spool(folder / "answers", USUAL)) as spool,
    ):
        courier = CallCourier(
            catalogue,
            transport,
            [keystore],
            spool,
            lambda environment: trust,
            journal,
            hosts=ApprovedHosts(FileSettings(folder / "settings.json")),
        )
        polite = PoliteCourier(courier, lambda call: catalogue.url(call.environment, call.target))
        runner = ListRunner(polite, lambda: catalogue, lambda target, place: "", lambda payload, place: payload, wait)
        ours(runner, identity.ref, WARM, at_once)
        found: list[tuple[float, float]] = []
        for _ in range(TURNS):
            taken, used = ours(runner, identity.ref, count, at_once)
            start, start_used = theirs(folder, facts, courier, call, 1, at_once)
            whole, whole_used = theirs(folder, facts, courier, call, count + 1, at_once)
            curl, curl_used = whole - start, whole_used - start_used
            found.append((taken / curl, taken))
            print(
                f"{count:,} retrieves, {at_once} at a time: ours {taken:.2f} s (processor {used:.2f} s),"
                f" curl {curl:.2f} s (processor {curl_used:.2f} s), ratio {taken / curl:.2f}"
            )
        ratio = statistics.median(each[0] for each in found)
        pace = count / statistics.median(each[1] for each in found)
        print(f"ratio {ratio:.2f} (median of {TURNS}; wanted <= 1.5); ours makes {pace:.0f} calls a second")


def main(count: int, at_once: int) -> None:
    """Start the simulator, and measure."""
    if shutil.which("curl") is None:
        sys.exit("this benchmark needs the curl program.")
    program = [sys.executable, "-c", "from caiso_desktop.cli.door import main; raise SystemExit(main())"]
    with tempfile.TemporaryDirectory() as name, closing(HttpTransport()) as transport:
        folder = Path(name)
        command = [*program, "simulator", "--format", "json", "--folder", str(folder / "pem")]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert server.stdout is not None
            told = json.loads(server.stdout.readline())
            measure(folder, told | {"bases": json.dumps(told["bases"])}, transport, count, at_once)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 4,
    )
