"""Watches who vouches for the servers: tells when another authority issued a host's certificate than the last time."""

from caiso_desktop.keystore.certificate import read_der
from caiso_desktop.model.answer import Note, Severity
from caiso_desktop.model.issuer import Issuers
from caiso_desktop.model.route_words import is_this_computer


class IssuerWitness:
    """The port `caiso_desktop.model.trust.Witness`; of this computer's own servers nothing is remembered."""

    def __init__(self, issuers: Issuers) -> None:
        self._issuers = issuers

    def observe(self, host: str, certificate: bytes) -> Note | None:
        """Remember an issuer, and tell of a change once."""
        if is_this_computer(host):
            return None
        before, now = self._issuers.last(host), issuer_of(certificate)
        if not now or now == before:
            return None
        self._issuers.note(host, now)
        if not before:
            return None
        return Note(
            Severity.WARNING,
            "Another authority vouches for the server",
            f"The certificate of {host} was issued by {now}. The last time it was {before}.",
            "CAISO may have changed its authority. Most often it is a company's proxy that opens what passes: ask the "
            "network's administrators to let this host through uninspected.",
        )


def issuer_of(der: bytes) -> str:
    """Who issued a server's certificate (DER), as a distinguished name; empty where it cannot be read."""
    try:
        return read_der(der).issuer
    except ValueError:
        return ""
