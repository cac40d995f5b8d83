"""Large attachments both ways: a 15 MB submit and a 200 MB answer, `_AP` and `_DocAttach_AP`, through the courier.

    python tests/benchmarks/bench_attachment.py [TURNS]

Against ``openssl base64 -d | gunzip`` of the same attachment (wanted: at most 3 times). The courier works in a process
of its own, with a journal and a judge, over TLS; the simulator in this one. What is compared is the processor's time
of the courier's process, for what the simulator does meanwhile is not ours; the seconds on the clock are told beside
it. A submit is told in two parts as well: what it takes to check the payload and to read from it for the journal whose
it is and what for (no counterpart in openssl), and all the rest. Added memory is the kernel's peak over the process at
rest, which has made small calls before (wanted: at most 40 MB). Linux only.
"""

import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.reading import read
from caiso_desktop.envelope.multipart import MultipartReader
from caiso_desktop.model.source import PayloadFile
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.server import Simulator
from tests.attachment.conftest import MEGABYTE, Actor, bids

SUBMIT, REPORT = 15 * MEGABYTE, 200 * MEGABYTE
_VALUE = re.compile(rb"AttachmentValue>([A-Za-z0-9+/=\r\n]+)<")
_BOUNDARY = re.compile(rb"--([^\r\n]+)\r\n")


def text_of(message: Path) -> bytes:
    """The base64 text of a message's attachment, in lines as openssl wants it."""
    data = message.read_bytes()
    if data.startswith(b"--"):
        head = _BOUNDARY.match(data)
        assert head is not None
        with message.open("rb") as stream:
            parts = [b"".join(pieces) for _, pieces in MultipartReader(stream, head[1]).parts()]
        text = parts[1]
    else:
        found = _VALUE.search(data)
        assert found is not None
        text = found[1]
    plain = text.translate(None, b"\r\n")
    return b"".join(plain[at : at + 76] + b"\n" for at in range(0, len(plain), 76))


def by_openssl(text: Path) -> tuple[float, float]:
    """Seconds of the clock, and of the processor, of openssl and gunzip with a file as their end."""
    # What os.times tells comes in hundredths of a second, of which there are six here.
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = f"openssl base64 -d -in '{text}' | gunzip > '{text}.out'"
    subprocess.run(["/bin/sh", "-c", command], check=True)
    taken, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(actor: Actor, name: str, service: str, variant: str, payload: Path, turns: int) -> None:
    """Measure one kind of call, in turns with openssl."""
    ours: list[dict[str, Any]] = []
    theirs: list[tuple[float, float]] = []
    reading: list[float] = []
    text = actor.folder / "text"
    for turn in range(turns):
        if service.startswith("Retrieve"):
            actor.simulator.arrange(fault.HugeReport(REPORT))
        else:
            # Another payload each time: what one said is remembered.
            payload.write_bytes(bids(SUBMIT + turn + len(variant)))
        told = actor.carry(service, variant, payload)
        ours.append(told)
        message = Path(told["response"] if told["report_size"] > MEGABYTE else told["request"])
        text.write_bytes(text_of(message))
        theirs.append(by_openssl(text))
        size = Path(f"{text}.out").stat().st_size
        if service.startswith("Submit"):
            source, begin = PayloadFile.of(payload), time.process_time()
            read(source)
            reading.append(time.process_time() - begin)
        actor.simulator.forget()
        shutil.rmtree(message.parent)
    clock, processor = (statistics.median(each[key] for each in ours) for key in ("seconds", "processor"))
    their_clock, their_processor = (statistics.median(column) for column in zip(*theirs, strict=True))
    added = max(each["added"] for each in ours)
    print(
        f"{name} {variant}: {size / MEGABYTE:.1f} MB; processor {processor:.3f} s against {their_processor:.3f} s,"
        f" {processor / their_processor:.1f} times (wanted <= 3); clock {clock:.2f} s against {their_clock:.2f} s;"
        f" added {added / MEGABYTE:.1f} MB (wanted <= 40)"
    )
    if reading:
        rest = processor - statistics.median(reading)
        print(
            f"  of it {statistics.median(reading):.3f} s to read what it says, {rest:.3f} s for all the rest:"
            f" {rest / their_processor:.1f} times"
        )


def main(turns: int) -> None:
    """Start the simulator and the courier's process, and measure."""
    if sys.platform != "linux" or not (shutil.which("openssl") and shutil.which("gunzip")):
        sys.exit("this benchmark needs Linux, openssl and gunzip.")
    resources = Path(__file__).resolve().parents[2] / "resources"
    with tempfile.TemporaryDirectory() as name, Simulator(resources, load(resources / "catalogue")) as simulator:
        actor = Actor(simulator, Path(name))
        actor.warm_up()
        large, ask = actor.folder / "large.xml", actor.folder / "ask.xml"
        for variant in ("ap", "docattach"):
            measure(actor, "submit", "SubmitRawBidSet", variant, large, turns)
            measure(actor, "answer", "RetrieveCleanBidSet", variant, ask, turns)
        actor.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
