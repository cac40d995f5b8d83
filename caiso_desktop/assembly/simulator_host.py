"""The embedded simulator of this process: its address stands from the start, the rest when it is first needed."""

import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from caiso_desktop.assembly.late import Late, port
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.identity import Keystore, Trust
from caiso_desktop.model.service import Environment
from caiso_desktop.model.simulation import SimulatorControl, SimulatorServer
from caiso_desktop.simulator.plan import paths_of

SIMULATOR = Environment(
    id="simulator",
    name="Simulator",
    purpose="A CAISO of its own on this computer: to learn and to test, without an account and without a market.",
    guarded=False,
    availability="Runs inside this program, on this computer only.",
)


class Running(NamedTuple):
    """What a running simulator gives."""

    server: SimulatorServer
    trust: Trust
    keystore: Keystore


class SimulatorHost:
    """Holds a port on loopback for the simulator, and starts it at the first call that needs it.

    So the simulator's addresses can stand in the catalogue although making its keys and certificates takes a while.
    A connection that comes early waits in the port's queue.
    """

    def __init__(self, resources: Path, catalogue: Catalogue) -> None:
        self._resources = resources
        self._catalogue = catalogue
        self._door = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._lock = threading.Lock()
        self._stop: Callable[[], None] = self._door.close
        self._running = Late(self._start)
        self.control: SimulatorControl = port(lambda: self.running().server.control)
        self.keystore: Keystore = port(lambda: self.running().keystore, name=SIMULATOR.id)

    @property
    def bases(self) -> Mapping[str, str]:
        """The web-service base of each application here, by its id."""
        origin = f"https://127.0.0.1:{self._door.getsockname()[1]}"
        return {application: origin + path for application, path in paths_of(self._catalogue).items()}

    def running(self) -> Running:
        """The simulator itself; starts it when it does not run yet."""
        return self._running.get()

    def trust(self) -> Trust:
        """The simulator's own authority, and no other."""
        return self.running().trust

    def close(self) -> None:
        """Stop it, or let go of the port where it never ran."""
        with self._lock:
            self._stop()

    def _start(self) -> Running:
        from caiso_desktop.keystore.memory import MemoryKeystore
        from caiso_desktop.simulator.server import Simulator

        simulator = Simulator(self._resources, self._catalogue, door=self._door)
        with self._lock:
            simulator.start()
            self._stop = simulator.stop
        keystore = MemoryKeystore(SIMULATOR.id)
        keystore.add(simulator.identity.certificate, simulator.identity.key)
        return Running(simulator, Trust((simulator.authority,)), keystore)
