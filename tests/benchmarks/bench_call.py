"""A signed retrieve, all included (dressed, signed, sent, kept, undressed), against curl sending the same bytes.

    python tests/benchmarks/bench_call.py [CALLS]

The simulator runs in a process of its own. curl sends messages that were dressed before, each with a nonce of its own,
over one kept connection in one process; what starting it and its handshake cost is measured with one message and taken
off. Ours leaves out its first call likewise. Wanted: at most 1.5.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from caiso_desktop.assembly.place import find_resources
from caiso_desktop.catalogue.load import load
from caiso_desktop.courier import CallCourier
from caiso_desktop.keystore.memory import MemoryKeystore
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.identity import Trust
from caiso_desktop.model.service import Environment, Target, Variant
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.store.chain import HeadNote
from caiso_desktop.store.database import Database
from caiso_desktop.store.format import STEPS
from caiso_desktop.store.journal import CallJournal, prepare
from caiso_desktop.store.known_host import ApprovedHosts
from caiso_desktop.store.run import Runs
from caiso_desktop.store.setting import FileSettings
from caiso_desktop.store.spool import Spool
from caiso_desktop.wire.transport import HttpTransport

TARGET = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
PAYLOAD = b"""<RequestCleanBidSet xmlns="http://www.caiso.com/soa/RequestCleanBidSet_v4.xsd#"><MessagePayload>
<MarketStartTime>2026-11-22T08:00:00Z</MarketStartTime><MarketEndTime>2026-11-22T09:00:00Z</MarketEndTime>
</MessagePayload></RequestCleanBidSet>"""


def our_calls(courier: CallCourier, call: Call, count: int) -> list[float]:
    """Seconds of each call but the first."""
    taken = []
    for _ in range(count + 1):
        begin = time.perf_counter()
        exchange = courier.carry(call, CancelToken(), ignore_progress)
        taken.append(time.perf_counter() - begin)
        assert exchange.succeeded, exchange
    return taken[1:]


def curl(folder: Path, facts: dict[str, str], courier: CallCourier, call: Call, count: int) -> float:
    """Seconds of one curl process that sends so many messages."""
    lines = []
    for number in range(count):
        preview = courier.preview(call)
        body = folder / f"message-{number}"
        body.write_bytes(preview.body)
        lines += [f'url = "{preview.url}"', f'data-binary = "@{body}"', f'output = "{folder / "answer"}"', "silent"]
        lines += [f'cacert = "{facts["authority"]}"', f'cert = "{facts["certificate"]}"', f'key = "{facts["key"]}"']
        quoted = [(name, value.replace('"', '\\"')) for name, value in preview.headers]
        lines += [f'header = "{name}: {value}"' for name, value in quoted] + ["fail", "next"]
    config = folder / "config"
    config.write_text("\n".join(lines[:-1]), encoding="utf-8")
    begin = time.perf_counter()
    subprocess.run(["curl", "--config", str(config)], check=True)
    return time.perf_counter() - begin


def main(count: int) -> None:
    """Measure in turns, three times."""
    if shutil.which("curl") is None:
        sys.exit("this benchmark needs the curl program.")
    catalogue = load(find_resources() / "catalogue")
    program = [sys.executable, "-c", "from caiso_desktop.cli.door import main; raise SystemExit(main())"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [*program, "simulator", "--format", "json", "--folder", str(folder / "pem")]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert server.stdout is not None
            facts = json.loads(server.stdout.readline())
            simulator = Environment("simulator", "Simulator", "", guarded=False)
            keystore = MemoryKeystore("simulator")
            pem, key = (Path(facts[part]).read_bytes() for part in ("certificate", "key"))
            identity = keystore.add(pem, key)
            trust = Trust((Path(facts["authority"]).read_bytes(),))
            transport = HttpTransport()
            note, runs = HeadNote(folder / "journal.head"), Runs(folder / "run")
            database = Database(folder / "journal.sqlite", STEPS, prepare=partial(prepare, note=note))
            courier = CallCourier(
                catalogue.with_environment(simulator, facts["bases"]),
                transport,
                [keystore],
                Spool(folder / "answers"),
                lambda environment: trust,
                CallJournal(database, runs, note),
                hosts=ApprovedHosts(FileSettings(folder / "settings.json")),
            )
            call = Call("simulator", TARGET, PAYLOAD, identity.ref)
            ratios = []
            for _ in range(3):
                ours = statistics.median(our_calls(courier, call, count))
                start = curl(folder, facts, courier, call, 1)
                theirs = (curl(folder, facts, courier, call, count + 1) - start) / count
                ratios.append(ours / theirs)
                print(f"ours {1000 * ours:.2f} ms (median), curl {1000 * theirs:.2f} ms, ratio {ours / theirs:.2f}")
            print(f"ratio {statistics.median(ratios):.2f} (median of 3; wanted <= 1.5)")
            transport.close()
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
