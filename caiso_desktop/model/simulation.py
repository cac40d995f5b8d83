"""The port to the simulator, for whoever runs one."""

from collections.abc import Mapping
from typing import Protocol


class ReadyIdentity(Protocol):
    """The simulator's client identity: certificate and key in PEM, the key not encrypted."""

    @property
    def certificate(self) -> bytes:
        """The certificate and its authority's."""
        ...

    @property
    def key(self) -> bytes:
        """The key."""
        ...

    @property
    def subject(self) -> str:
        """The subject as CAISO spells it."""
        ...


class SimulatorServer(Protocol):
    """A CAISO on this computer, on a port of its own."""

    @property
    def origin(self) -> str:
        """``https://127.0.0.1:PORT``."""
        ...

    @property
    def authority(self) -> bytes:
        """The certificate of the simulator's authority, in PEM."""
        ...

    @property
    def identity(self) -> ReadyIdentity:
        """The identity that is ready to be used."""
        ...

    def bases(self) -> Mapping[str, str]:
        """The web-service base of each application."""
        ...

    def start(self) -> object:
        """Begin to answer."""
        ...

    def stop(self) -> None:
        """End."""
        ...
