"""A simulator in this process, and the program's courier in another whose memory is measured."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.simulator.server import Simulator

MEGABYTE = 1_000_000
SUBMIT = "{http://www.caiso.com/soa/RawBidSet_v4.xsd#}RawBidSet"
ASK = (
    '<RequestCleanBidSet xmlns="http://www.caiso.com/soa/RequestCleanBidSet_v4.xsd#"><MessagePayload>'
    "</MessagePayload></RequestCleanBidSet>"
)


class Actor:
    """The courier in a process of its own."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        identity = simulator.identity
        facts = {
            "folder": str(folder),
            "bases": dict(simulator.bases()),
            "authority": simulator.authority.decode(),
            "certificate": identity.certificate.decode(),
            "key": identity.key.decode(),
        }
        self.simulator = simulator
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.attachment.actor", json.dumps(facts)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[2],
        )

    def carry(self, service: str, variant: str, payload: Path) -> dict[str, Any]:
        """Carry one call of SIBR v4; what it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"target": ["sibr", service, "v4", variant], "payload": str(payload)}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert told["succeeded"], told
        return told

    def warm_up(self) -> None:
        """Have everything imported and the connection open: the process at rest is one that has called before."""
        small, ask = self.folder / "small.xml", self.folder / "ask.xml"
        small.write_bytes(bids(2000))
        ask.write_text(ASK)
        for variant in ("ap", "docattach"):
            self.carry("SubmitRawBidSet", variant, small)
            self.carry("RetrieveCleanBidSet", variant, ask)

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.stdout is not None
        assert self._process.wait(30) == 0
        self._process.stdout.close()


def bids(size: int) -> bytes:
    """A raw bid set of about so many bytes: names, times and curves as in the market's, numbers by chance."""
    chance = random.Random(size)
    namespace, _, root = SUBMIT[1:].partition("}")
    pieces = [f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{namespace}">\n  <MessagePayload>\n']
    written = 0
    while written < size:
        curve = "".join(
            f"<CurveSchedData><xAxisData>{chance.random() * 500:.2f}</xAxisData>"
            f"<y1AxisData>{chance.random() * 900:.2f}</y1AxisData></CurveSchedData>"
            for _ in range(10)
        )
        pieces.append(
            f"    <GeneratingBid><mRID>BID_{chance.getrandbits(48):x}</mRID><startTime>2026-11-27T08:00:00Z</startTime>"
            f"<stopTime>2026-11-28T08:00:00Z</stopTime><RegisteredGenerator><mRID>UNIT_{chance.randrange(900)}</mRID>"
            "</RegisteredGenerator><SchedulingCoordinator><mRID>SC01</mRID></SchedulingCoordinator>"
            f"<BidPriceCurve>{curve}</BidPriceCurve></GeneratingBid>\n"
        )
        written += len(pieces[-1])
    pieces.append(f"  </MessagePayload>\n</{root}>\n")
    return "".join(pieces).encode()


@pytest.fixture(scope="session")
def actor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Actor]:
    resources = Path(__file__).resolve().parents[2] / "resources"
    with Simulator(resources, load(resources / "catalogue")) as simulator:
        actor = Actor(simulator, tmp_path_factory.mktemp("actor"))
        actor.warm_up()
        yield actor
        actor.close()
