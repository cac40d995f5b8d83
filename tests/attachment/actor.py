"""A process of its own that carries large calls and tells what they took: added memory, seconds, sizes.

Started with a JSON line of facts about a simulator in another process. For each line of its standard input, a target
and a payload file, it answers with a line of JSON. Linux only: peaks are the kernel's.
"""

import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from caiso_desktop.courier import CallCourier
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.source import PayloadFile
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.store.swift import SwiftJournal
from tests.workplace import SIMULATOR, Simulated, workplace


def begin_peak() -> None:
    """Let the kernel measure the peak anew from here."""
    Path("/proc/self/clear_refs").write_text("5")


def resident(peak: bool = False) -> int:
    """Bytes in memory now, or at the peak."""
    name = "VmHWM:" if peak else "VmRSS:"
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(name))


def carry(courier: CallCourier, journal: SwiftJournal, call: Call) -> dict[str, Any]:
    """Carry one call and tell what it took; the journal has written everything by then."""
    begin_peak()
    rest = resident()
    begin, used = time.perf_counter(), time.process_time()
    exchange = courier.carry(call, CancelToken(), ignore_progress)
    taken, worked = time.perf_counter() - begin, time.process_time() - used
    journal.flush()
    added = resident(peak=True) - rest
    answer = exchange.answer
    report = answer.report if answer else None
    with exchange.request.body.open("rb") as file:
        sent = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "added": added,
        "seconds": taken,
        "processor": worked,
        "succeeded": exchange.succeeded,
        "failure": str(exchange.failure or ""),
        "notes": [note.title for note in answer.notes] if answer else [],
        "report": str(report or ""),
        "report_size": report.stat().st_size if report else 0,
        "response": str(exchange.response.body) if exchange.response else "",
        "response_size": exchange.response.size if exchange.response else 0,
        "request": str(exchange.request.body),
        "request_hash": sent,
        "folder": sorted(path.name for path in exchange.request.body.parent.iterdir()),
    }


def main() -> None:
    """Carry what is asked for."""
    facts = json.loads(sys.argv[1])
    simulated = Simulated(facts["bases"], *(facts[part].encode() for part in ("authority", "certificate", "key")))
    with workplace(Path(facts["folder"]), simulated) as place:
        courier = place.courier(judged=True)
        for line in sys.stdin:
            asked = json.loads(line)
            application, service, version, variant = asked["target"]
            path = Path(asked["payload"])
            payload = PayloadFile.of(path) if path.stat().st_size > 2_000_000 else path.read_bytes()
            target = Target(application, service, version, Variant(variant))
            call = Call(SIMULATOR.id, target, payload, place.identity)
            print(json.dumps(carry(courier, place.journal, call)), flush=True)


if __name__ == "__main__":
    main()
