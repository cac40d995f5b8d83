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

import base64
import hashlib
import json
import os
import re
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from xml.parsers import expat

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from caiso_desktop.courier import CallCourier
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.exchange import Preview
from caiso_desktop.model.journal import Ending, Record
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.source import Payload
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.store.swift import SwiftJournal
from tests.workplace import SIMULATOR, Simulated, workplace

TARGET = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
PAYLOAD = b"""<RequestCleanBidSet xmlns="http://www.caiso.com/soa/RequestCleanBidSet_v4.xsd#"><MessagePayload>
<MarketStartTime>2026-11-22T08:00:00Z</MarketStartTime><MarketEndTime>2026-11-22T09:00:00Z</MarketEndTime>
</MessagePayload></RequestCleanBidSet>"""
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


def curl(folder: Path, facts: dict[str, str], courier: CallCourier, call: Call, count: int) -> float:
    """Seconds of one curl process that sends so many messages."""
    lines = []
    answers = Path(tempfile.mkdtemp(dir=folder))
    for number in range(count):
        preview = courier.preview(call)
        body = folder / f"message-{number}"
        body.write_bytes(preview.body)
        lines += [f'url = "{preview.url}"', f'data-binary = "@{body}"', f'output = "{answers / str(number)}"', "silent"]
        lines += [f'cacert = "{facts["authority"]}"', f'cert = "{facts["certificate"]}"', f'key = "{facts["key"]}"']
        quoted = [(name, value.replace('"', '\\"')) for name, value in preview.headers]
        lines += [f'header = "{name}: {value}"' for name, value in quoted] + ["fail", "next"]
    config = folder / "config"
    config.write_text("\n".join(lines[:-1]), encoding="utf-8")
    begin = time.perf_counter()
    subprocess.run(["curl", "--config", str(config)], check=True)
    taken = time.perf_counter() - begin
    shutil.rmtree(answers)
    return taken


def bare_calls(folder: Path, facts: dict[str, str], courier: CallCourier, call: Call, count: int) -> float:
    """Seconds of one retrieve made of nothing but library calls, over one kept connection."""
    key = load_pem_private_key(Path(facts["key"]).read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    context = ssl.create_default_context(cafile=facts["authority"])
    context.load_cert_chain(facts["certificate"], facts["key"])
    messages = [courier.preview(call) for _ in range(count + WARM)]
    place = urlsplit(messages[0].url)
    taken = []
    with (
        socket.create_connection((place.hostname, place.port)) as plain,
        context.wrap_socket(plain, server_hostname=place.hostname) as stream,
    ):
        for message in messages:
            begin = time.perf_counter()
            digest = hashlib.sha1(message.body).digest()
            key.sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA1()))
            (folder / "bare-answer").write_bytes(body := ask(stream, place, message))
            text = max(re.findall(rb"[A-Za-z0-9+/=\r\n]{200,}", body), key=len)
            hashlib.sha1(text).digest()
            (folder / "bare-report").write_bytes(report := zlib.decompress(base64.b64decode(text), 31))
            expat.ParserCreate().Parse(report, True)
            taken.append(time.perf_counter() - begin)
    return statistics.median(taken[WARM:])


def ask(stream: ssl.SSLSocket, place: SplitResult, message: Preview) -> bytes:
    """The body of the answer to one message."""
    lines = [f"POST {place.path} HTTP/1.1", f"Host: {place.netloc}", f"Content-Length: {len(message.body)}"]
    lines += [f"{name}: {value}" for name, value in message.headers]
    stream.sendall("\r\n".join([*lines, "", ""]).encode() + message.body)
    got = b""
    while b"\r\n\r\n" not in got:
        got += stream.recv(1 << 17)
    head, _, body = got.partition(b"\r\n\r\n")
    size = re.search(rb"(?i)content-length: *(\d+)", head)
    while len(body) < int(size[1]) if size else not body.endswith(b"0\r\n\r\n"):
        body += stream.recv(1 << 17)
    return body


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


def measure(folder: Path, facts: dict[str, str], count: int) -> None:
    """Measure in turns."""
    simulated = Simulated(
        json.loads(facts["bases"]), *(Path(facts[part]).read_bytes() for part in ("authority", "certificate", "key"))
    )
    with workplace(folder, simulated) as place:
        call, journal = Call(SIMULATOR.id, TARGET, PAYLOAD, place.identity), place.journal
        bare, recorded = place.courier(NoJournal(place.database, place.runs, place.note)), place.courier()
        found: list[tuple[float, ...]] = []
        for _ in range(TURNS):
            without = statistics.median(our_calls(bare, call, count))
            start = curl(folder, facts, bare, call, 1)
            theirs = (curl(folder, facts, bare, call, count + 1) - start) / count
            everything = statistics.median(our_calls(recorded, call, count))
            begin = time.perf_counter()
            journal.flush()
            later = time.perf_counter() - begin
            flush = bare_flush(folder, 1200, count)
            calls = bare_calls(folder, facts, bare, call, count)
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
    if shutil.which("curl") is None:
        sys.exit("this benchmark needs the curl program.")
    program = [sys.executable, "-c", "from caiso_desktop.cli.door import main; raise SystemExit(main())"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [*program, "simulator", "--format", "json", "--folder", str(folder / "pem")]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert server.stdout is not None
            told = json.loads(server.stdout.readline())
            measure(folder, told | {"bases": json.dumps(told["bases"])}, count)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
