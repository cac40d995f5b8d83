"""How fast messages are dressed and undressed, against the floor: the RSA operation, and openssl with gunzip.

Run it by hand: ``python tests/benchmarks/bench_envelope.py [MB]``. Each undressing runs in a process of its own, so
that its peak of memory is its own.
"""

import base64
import gzip
import hashlib
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

from caiso_desktop.envelope.attachment import attachment_hash
from caiso_desktop.envelope.dress import dress
from caiso_desktop.envelope.undress import undress
from caiso_desktop.keystore.memory import SoftwareSigner
from caiso_desktop.model.call import Operation
from caiso_desktop.model.failure import Failures
from caiso_desktop.model.identity import Certificate, Hash, IdentityRef, KeyFacts, KeyFile, Padding
from caiso_desktop.model.service import Kind, Variant
from caiso_desktop.model.transport import Response, Timings

OPERATION = Operation(
    name="retrieveMarketAwards_v3",
    variant=Variant.AP,
    kind=Kind.RETRIEVE,
    soap_action="http://www.caiso.com/soa/retrieveMarketAwards_v3",
    request_root="{http://www.caiso.com/soa/RequestMarketAwards_v3.xsd#}RequestMarketAwards",
    answer_root="{http://www.caiso.com/soa/MarketAwards_v3.xsd#}MarketAwards",
)
RECORD = (
    b"    <MarketAward>\n      <mRID>GEN_%06d_7_N001</mRID>\n      <marketType>DAM</marketType>\n"
    + b"".join(
        b"      <TradeIntervalData>\n        <intervalStartTime>2017-11-05T%02d:00:00Z</intervalStartTime>\n"
        b"        <awardMW>%d.5</awardMW>\n      </TradeIntervalData>\n" % (hour, hour * 37 % 101)
        for hour in range(24)
    )
    + b"    </MarketAward>\n"
)
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


class BenchIdentity:
    """A key and nothing else."""

    def __init__(self) -> None:
        self.signer = SoftwareSigner(rsa.generate_private_key(65537, 2048))
        self.ref = IdentityRef("bench", "00")
        now = datetime.now(UTC)
        self.certificate = Certificate(bytes(900), "CN=Bench x1,OU=people,O=CAISO,C=US", "", 1, "00", now, now)

    @property
    def key_facts(self) -> KeyFacts:
        return KeyFacts("in memory")

    def key_file(self) -> KeyFile | None:
        return None


def best(task: object, repeats: int) -> float:
    assert callable(task)
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        task()
        times.append(time.perf_counter() - begun)
    return min(times)


def bench_dress() -> None:
    identity = BenchIdentity()
    payload = b'<RequestMarketAwards xmlns="urn:x"><MessagePayload><a>1</a></MessagePayload></RequestMarketAwards>'
    digest = hashlib.sha1(payload).digest()
    now = datetime.now(UTC)
    floor = best(lambda: identity.signer.sign(digest, Hash.SHA1, Padding.PKCS1), 500)
    ours = best(lambda: dress(OPERATION, payload, identity, hash=Hash.SHA1, now=now), 500)
    print(f"dress a retrieve: {ours * 1e6:.0f} µs; RSA alone {floor * 1e6:.0f} µs; ratio {ours / floor:.2f}")


def make_answers(folder: Path, megabytes: int) -> dict[str, tuple[Path, str]]:
    report = folder / "report"
    count = megabytes * 1_000_000 // len(RECORD)
    with report.open("wb") as file:
        file.write(b'<MarketAwards xmlns="http://www.caiso.com/soa/MarketAwards_v3.xsd#"><MessagePayload>\n')
        for number in range(count):
            file.write(RECORD % number)
        file.write(b"</MessagePayload></MarketAwards>")
    text = base64.b64encode(gzip.compress(report.read_bytes(), 1))
    (folder / "text").write_bytes(text)
    stated = attachment_hash(text).decode()
    envelope = (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Header><h:attachmentHash xmlns:h="http://www.caiso.com/mrtu/soa/schemas/'
        f'2005/09/attachmenthash"><h:hashValue>{stated}</h:hashValue></h:attachmentHash></s:Header><s:Body/>'
        "</s:Envelope>"
    ).encode()
    parts = b"--B\r\nContent-Type: text/xml\r\n\r\n" + envelope + b"\r\n--B\r\n\r\n" + text + b"\r\n--B--\r\n"
    inside = (
        (
            f'<s:Envelope xmlns:s="{SOAP}"><s:Body><i:ISOAttachment xmlns:i="http://www.caiso.com/soa/2006-10-26/'
            'ISOAttachment.xsd"><i:AttachmentValue>'
        ).encode()
        + text
        + b"</i:AttachmentValue></i:ISOAttachment></s:Body></s:Envelope>"
    )
    plain = f'<s:Envelope xmlns:s="{SOAP}"><s:Body>'.encode() + report.read_bytes() + b"</s:Body></s:Envelope>"
    kinds = {
        "multipart": (parts, 'multipart/related; type="text/xml"; boundary=B'),
        "ISOAttachment": (inside, "text/xml; charset=utf-8"),
        "plain Body": (plain, "text/xml; charset=utf-8"),
    }
    answers = {}
    for name, (body, kind) in kinds.items():
        path = folder / name.replace(" ", "-")
        path.write_bytes(body)
        answers[name] = (path, kind)
    return answers


def peak() -> float:
    """The peak of this process's memory in MB (Linux)."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def undress_once(path: Path, kind: str, folder: Path) -> tuple[float, float]:
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before = peak()
    headers = (("Content-Type", kind),)
    response = Response(200, "OK", headers, path, path.stat().st_size, datetime.now(UTC), Timings())
    begun = time.perf_counter()
    answer = undress(response, OPERATION, folder, Failures())
    took = time.perf_counter() - begun
    assert answer.outcome == "success", answer
    return took, peak() - before


def bench_undress(megabytes: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="bench-envelope-"))
    try:
        spawn = multiprocessing.get_context("spawn")
        with spawn.Pool(1) as pool:
            answers = pool.apply(make_answers, (folder, megabytes))
        command = f"openssl base64 -d -A -in {folder / 'text'} | gunzip > {folder / 'floor'}"
        floor = best(lambda: subprocess.run(command, shell=True, check=True), 3)
        print(f"{megabytes} MB report: openssl base64 -d | gunzip {floor:.2f} s")
        for name, (path, kind) in answers.items():
            runs = []
            for number in range(3):
                with spawn.Pool(1) as pool:
                    runs.append(pool.apply(undress_once, (path, kind, folder / f"{path.name}-{number}")))
            took, added = min(run[0] for run in runs), max(run[1] for run in runs)
            print(f"  {name}: {took:.2f} s, ratio {took / floor:.2f}, {added:.0f} MB added")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    bench_dress()
    bench_undress(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
