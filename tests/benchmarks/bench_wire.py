"""How long a signed retrieve takes on a kept mutual-TLS connection, beside the curl program sending the same bytes.

Run it by hand: ``python tests/benchmarks/bench_wire.py [requests] [answer bytes]``. The server runs in a process of
its own; curl repeats the request on one connection within one process, so its start is not counted (it is measured
with one request and taken off).
"""

import multiprocessing
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from caiso_desktop.keystore.memory import MemoryIdentity, MemoryKeystore
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.identity import Trust
from caiso_desktop.model.transport import Request
from caiso_desktop.wire.transport import HttpTransport

REQUEST_SIZE = 8_000  # a signed envelope


def make_certificates(folder: Path) -> None:
    """An authority that vouches for the server and the client, each in a PEM file with its key."""
    now = datetime.now(UTC)
    authority = rsa.generate_private_key(65537, 2048)
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of this benchmark")])
    for file, name in (("authority", "Authority of this benchmark"), ("server", "localhost"), ("client", "Jane x1")):
        key = authority if file == "authority" else rsa.generate_private_key(65537, 2048)
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=file == "authority", path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(authority, hashes.SHA256())
        )
        (folder / f"{file}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        (folder / f"{file}.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


def serve(folder: Path, size: int, pipe: "Connection[int, None]") -> None:
    """Answer every request on every connection with so many bytes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    context.load_verify_locations(folder / "authority.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {size}\r\n\r\n".encode()
    whole = head + b"x" * size if size < 1_000_000 else head
    piece = b"x" * 1_000_000
    listener = socket.create_server(("127.0.0.1", 0))
    pipe.send(listener.getsockname()[1])
    while True:
        plain, _ = listener.accept()
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with context.wrap_socket(plain, server_side=True) as connection:
            data = b""
            while True:
                end = data.find(b"\r\n\r\n")
                if end < 0 or len(data) < end + 4 + REQUEST_SIZE:
                    more = connection.recv(65536)
                    if not more:
                        break
                    data += more
                    continue
                data = data[end + 4 + REQUEST_SIZE :]
                connection.sendall(whole)
                for _ in range(0 if size < 1_000_000 else size // len(piece)):
                    connection.sendall(piece)


def ours(folder: Path, port: int, count: int) -> list[tuple[float, float]]:
    """Seconds of each request through the transport, the first (with its handshake) left out.

    Those of the clock, and those of this process's processor: what waits costs none.
    """
    identity: MemoryIdentity = MemoryKeystore("benchmark").add(
        (folder / "client.pem").read_bytes(), (folder / "client.key").read_bytes()
    )
    transport = HttpTransport()
    trust = Trust(((folder / "authority.pem").read_bytes(),))
    taken = []
    for number in range(count + 1):
        request = Request(
            url=f"https://localhost:{port}/sst/service",
            headers=(("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", '"do"')),
            body=b"x" * REQUEST_SIZE,
            keep=folder / f"answer-{number}",
            hosts=frozenset({("localhost", port)}),
            identity=identity,
            trust=trust,
        )
        begin, worked = time.perf_counter(), time.process_time()
        transport.send(request, CancelToken())
        taken.append((time.perf_counter() - begin, time.process_time() - worked))
        request.keep.unlink()
    transport.close()
    return taken[1:]


def curls(folder: Path, port: int, count: int) -> list[float]:
    """Seconds of each request by curl on one connection, as curl itself measures them, the first left out."""
    (folder / "body").write_bytes(b"x" * REQUEST_SIZE)
    lines: list[str] = []
    for _ in range(count + 1):
        lines += [
            f'url = "https://localhost:{port}/sst/service"',
            f'data-binary = "@{folder / "body"}"',
            'header = "Content-Type: text/xml; charset=utf-8"',
            'header = "SOAPAction: \\"do\\""',
            'header = "Expect:"',
            f'cacert = "{folder / "authority.pem"}"',
            f'cert = "{folder / "client.pem"}"',
            f'key = "{folder / "client.key"}"',
            f'output = "{folder / "curl-answer"}"',
            'write-out = "%{time_total} %{num_connects}\\n"',
            "silent",
            "noproxy = *",
            "next",
        ]
    (folder / "config").write_text("\n".join(lines[:-1]))
    done = subprocess.run(["curl", "-K", str(folder / "config")], capture_output=True, text=True, check=True)
    measured = [line.split() for line in done.stdout.split("\n") if line]
    assert [connects for _, connects in measured[1:]] == ["0"] * count, "curl did not keep its connection"
    return [float(seconds) for seconds, _ in measured[1:]]


def main() -> int:
    """Measure both, in turns, and print medians and their ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    if shutil.which("curl") is None:
        print("curl is not installed here.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_certificates(folder)
        here, there = multiprocessing.Pipe()
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(folder, size, there), daemon=True)
        server.start()
        port = here.recv()
        our_times: list[tuple[float, float]] = []
        curl_times: list[float] = []
        for _ in range(3):
            our_times += ours(folder, port, count)
            curl_times += curls(folder, port, count)
        server.terminate()
        server.join()
    clock, processor = ([each[at] for each in our_times] for at in (0, 1))
    mine, theirs = statistics.median(clock), statistics.median(curl_times)
    print(f"{count} x 3 requests of {REQUEST_SIZE:,} bytes, answers of {size:,} bytes, one kept connection each")
    print(f"median   HttpTransport: {mine * 1e3:.3f} ms   curl: {theirs * 1e3:.3f} ms   ratio {mine / theirs:.2f}")
    mine, theirs = min(clock), min(curl_times)
    print(f"fastest  HttpTransport: {mine * 1e3:.3f} ms   curl: {theirs * 1e3:.3f} ms   ratio {mine / theirs:.2f}")
    print(
        f"processor of a call  median {statistics.median(processor) * 1e6:.0f} us   least {min(processor) * 1e6:.0f} us"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
