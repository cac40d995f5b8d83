"""The port to what is remembered of servers: who had issued the certificate that they showed and that was trusted."""

from typing import Protocol


class Issuers(Protocol):
    """By the host's name. Another issuer than the last time is mostly a box between here and there."""

    def last(self, host: str) -> str:
        """The name of the issuer the last time; empty where nobody has looked."""
        ...

    def note(self, host: str, issuer: str) -> None:
        """Remember who issued what a host showed, and what was trusted."""
        ...
