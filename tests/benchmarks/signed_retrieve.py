"""What the benchmarks of a signed retrieve share: the retrieve, who answers it, and what it is measured against.

The simulator runs in a process of its own. curl gets messages that were dressed before, each with a nonce of its own.
Nothing is deleted before all is over: ext4 makes files more slowly for minutes after some were.
"""

import base64
import hashlib
import json
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from xml.parsers import expat

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from caiso_desktop.courier import CallCourier
from caiso_desktop.model.call import Call
from caiso_desktop.model.exchange import Preview
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.source import bytes_of
from tests.workplace import Simulated

TARGET = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
PAYLOAD = b"""<RequestCleanBidSet xmlns="http://www.caiso.com/soa/RequestCleanBidSet_v4.xsd#"><MessagePayload>
<MarketStartTime>2026-11-22T08:00:00Z</MarketStartTime><MarketEndTime>2026-11-22T09:00:00Z</MarketEndTime>
</MessagePayload></RequestCleanBidSet>"""


@dataclass(frozen=True)
class Told:
    """What a simulator's process tells of itself: where its applications are, and PEM files."""

    bases: Mapping[str, str]
    authority: Path
    certificate: Path
    key: Path

    @property
    def simulated(self) -> Simulated:
        """The same, read."""
        return Simulated(self.bases, *(each.read_bytes() for each in (self.authority, self.certificate, self.key)))


@contextmanager
def simulator(folder: Path) -> Iterator[Told]:
    """A simulator in a process of its own, until the end."""
    program = [sys.executable, "-c", "from caiso_desktop.cli.door import main; raise SystemExit(main())"]
    command = [*program, "simulator", "--format", "json", "--folder", str(folder / "pem")]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        told = json.loads(server.stdout.readline())
        yield Told(told["bases"], *(Path(told[part]) for part in ("authority", "certificate", "key")))
    finally:
        server.terminate()
        server.wait()


def need_curl() -> None:
    """End in words where there is no curl."""
    if shutil.which("curl") is None:
        sys.exit("this benchmark needs the curl program.")


def new_folder(folder: Path) -> Path:
    """A folder that stays until all is over."""
    return Path(tempfile.mkdtemp(dir=folder))


def for_curl(folder: Path, told: Told, courier: CallCourier, call: Call, count: int) -> Path:
    """So many messages, dressed, and the configuration with which curl sends them; the answers lie in ``answers``."""
    answers = folder / "answers"
    answers.mkdir()
    lines: list[str] = []
    for number in range(count):
        preview = courier.preview(call)
        body = folder / f"message-{number}"
        body.write_bytes(bytes_of(preview.body))
        lines += [f'url = "{preview.url}"', f'data-binary = "@{body}"', f'output = "{answers / str(number)}"', "silent"]
        lines += [f'cacert = "{told.authority}"', f'cert = "{told.certificate}"', f'key = "{told.key}"']
        quoted = [(name, value.replace('"', '\\"')) for name, value in preview.headers]
        lines += [f'header = "{name}: {value}"' for name, value in quoted] + ["fail", "next"]
    config = folder / "config"
    config.write_text("\n".join(lines[:-1]), encoding="utf-8")
    return config


class Bare:
    """The library calls that no Python program can do without, for messages to one address, and nothing else."""

    def __init__(self, told: Told, url: str) -> None:
        key = load_pem_private_key(told.key.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self._key = key
        self._context = ssl.create_default_context(cafile=told.authority)
        self._context.load_cert_chain(told.certificate, told.key)
        self._place = urlsplit(url)

    @contextmanager
    def connection(self) -> Iterator[ssl.SSLSocket]:
        """A connection to the address."""
        place = self._place
        with (
            socket.create_connection((place.hostname, place.port)) as plain,
            self._context.wrap_socket(plain, server_hostname=place.hostname) as stream,
        ):
            yield stream

    def sign(self, body: bytes) -> None:
        """Hash and sign."""
        self._key.sign(hashlib.sha1(body).digest(), padding.PKCS1v15(), utils.Prehashed(hashes.SHA1()))

    def ask(self, stream: ssl.SSLSocket, message: Preview, body: bytes) -> bytes:
        """Send, and receive the body of the answer."""
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

    def keep(self, answer: bytes, body: Path, report: Path) -> None:
        """Keep an answer and the report in it; hash it, unpack it and parse it."""
        body.write_bytes(answer)
        text = max(re.findall(rb"[A-Za-z0-9+/=\r\n]{200,}", answer), key=len)
        hashlib.sha1(text).digest()
        unpacked = zlib.decompress(base64.b64decode(text), 31)
        report.write_bytes(unpacked)
        expat.ParserCreate().Parse(unpacked, True)
