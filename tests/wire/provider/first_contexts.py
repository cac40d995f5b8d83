"""The first contexts of a process, made by several threads at once; run as a program of its own."""

import sys
import threading

from caiso_desktop.keystore.memory import MemoryKeystore
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.identity import Trust
from caiso_desktop.simulator.authority import Authority
from caiso_desktop.wire.tls import client_context

THREADS = 8


def main() -> int:
    """0 when every thread has made its context."""
    authority = Authority()
    made = authority.issue_client("Somebody x0001")
    identity = MemoryKeystore("simulator").add(made.certificate, made.key)
    trust = Trust((authority.pem,))
    together = threading.Barrier(THREADS)
    troubles: list[str] = []
    sys.setswitchinterval(1e-6)  # as badly interleaved as can be

    def make() -> None:
        together.wait()
        try:
            client_context(identity, trust)
        except CaisoError as error:
            troubles.append(str(error))

    threads = [threading.Thread(target=make) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("\n".join(troubles))
    return len(troubles)


if __name__ == "__main__":
    raise SystemExit(main())
