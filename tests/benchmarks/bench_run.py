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

The processor time of each is told as well: where the computer is busy with something else, it says more. So is what is
left to write behind when the calls are over, which ends before the others have their turn, and what the ratio would be
if the calls waited for that.
"""

import base64
import hashlib
import json
import os
import re
import resource
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.parsers import expat

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from caiso_desktop.assembly.place import find_resources
from caiso_desktop.catalogue.load import load
from caiso_desktop.courier import CallCourier
from caiso_desktop.keystore.memory import MemoryKeystore
from caiso_desktop.manners.courier import PoliteCourier, wait
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.exchange import Preview
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
from caiso_desktop.store.spool import Spool
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


class Bare:
    """A signed retrieve of nothing but library calls, over one kept connection a thread."""

    def __init__(self, folder: Path, facts: dict[str, str], place: str) -> None:
        key = load_pem_private_key(Path(facts["key"]).read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self._key = key
        self._context = ssl.create_default_context(cafile=facts["authority"])
        self._context.load_cert_chain(facts["certificate"], facts["key"])
        self._folder = folder
        self._place = urlsplit(place)
        self._log = SharedFlush(folder / "log")

    def run(self, messages: Iterator[tuple[int, Preview]]) -> None:
        """Carry messages until there are no more."""
        place = self._place
        with (
            socket.create_connection((place.hostname, place.port)) as plain,
            self._context.wrap_socket(plain, server_hostname=place.hostname) as stream,
        ):
            for number, message in messages:
                self._carry(stream, number, message)

    def close(self) -> None:
        self._log.close()

    def _carry(self, stream: ssl.SSLSocket, number: int, message: Preview) -> None:
        exchange = self._folder / str(number)
        exchange.mkdir()
        body = bytes_of(message.body)
        digest = hashlib.sha1(body).digest()
        self._key.sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA1()))
        self._log.write(bytes(1200))
        (exchange / "request").write_bytes(body)
        (exchange / "response").write_bytes(answer := self._ask(stream, message, body))
        text = max(re.findall(rb"[A-Za-z0-9+/=\r\n]{200,}", answer), key=len)
        hashlib.sha1(text).digest()
        (exchange / "report.xml").write_bytes(report := zlib.decompress(base64.b64decode(text), 31))
        expat.ParserCreate().Parse(report, True)

    def _ask(self, stream: ssl.SSLSocket, message: Preview, body: bytes) -> bytes:
        place = self._place
        lines = [f"POST {place.path} HTTP/1.1", f"Host: {place.netloc}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in message.headers]
        stream.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        got = b""
        while b"\r\n\r\n" not in got:
            got += stream.recv(1 << 17)
        head, _, answer = got.partition(b"\r\n\r\n")
        size = re.search(rb"(?i)content-length: *(\d+)", head)
        while len(answer) < int(size[1]) if size else not answer.endswith(b"0\r\n\r\n"):
            answer += stream.recv(1 << 17)
        return answer


def new_folder(folder: Path) -> Path:
    """A folder that stays until all is over: ext4 makes files more slowly for minutes after some were deleted."""
    return Path(tempfile.mkdtemp(dir=folder))


def bare(
    folder: Path, facts: dict[str, str], courier: CallCourier, call: Call, count: int, at_once: int
) -> tuple[float, float]:
    """Seconds, and seconds of the processor, of so many bare retrieves, as many threads at a time."""
    messages = [courier.preview(call) for _ in range(count)]
    with (
        closing(Bare(new_folder(folder), facts, messages[0].url)) as calls,
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
    place = new_folder(folder)
    config = write_messages(place, facts, courier, call, count)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    command = ["curl", "--no-progress-meter", "--parallel", "--parallel-max", str(at_once), "--config", str(config)]
    subprocess.run(command, check=True)
    taken = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert len(list((place / "answers").iterdir())) == count
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
    ):
        courier = CallCourier(
            catalogue,
            transport,
            [keystore],
            Spool(folder / "answers"),
            lambda environment: trust,
            journal,
            hosts=ApprovedHosts(FileSettings(folder / "settings.json")),
        )
        polite = PoliteCourier(courier, lambda call: catalogue.url(call.environment, call.target))
        runner = ListRunner(polite, lambda: catalogue, lambda target, place: "", lambda payload, place: payload, wait)
        ours(runner, identity.ref, WARM, at_once)
        found: list[Found] = []
        for _ in range(TURNS):
            taken, used = ours(runner, identity.ref, count, at_once)
            begin = time.perf_counter()
            journal.flush()
            behind = time.perf_counter() - begin
            library, library_used = bare(folder, facts, courier, call, count, at_once)
            start, start_used = theirs(folder, facts, courier, call, 1, at_once)
            whole, whole_used = theirs(folder, facts, courier, call, count + 1, at_once)
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
