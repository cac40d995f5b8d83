"""What is told of a TLS handshake: versions, the chain, who may stand in the middle, and the client's certificate."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from caiso_desktop.doctor.ground import failed
from caiso_desktop.model.doctor import Finding, Place, Step, Verdict
from caiso_desktop.model.error import CaisoError, IdentityError
from caiso_desktop.model.identity import Certificate
from caiso_desktop.model.probe import Handshake
from caiso_desktop.model.sentence import sentence
from caiso_desktop.model.transport import Response
from caiso_desktop.model.transport_error import (
    ClientCertificateExpired,
    ClientCertificateMissing,
    ClientCertificateRefused,
    ServerNotTrusted,
    TimedOut,
)

Read = Callable[[bytes], Certificate]
"""Reads a certificate (DER); `ValueError` when it is none."""

REFUSALS = (ClientCertificateExpired, ClientCertificateMissing, ClientCertificateRefused)
"""The errors that are about the client's certificate."""

SOON = timedelta(days=3)
"""Before the end of a server's certificate, when it is said."""

INSPECTORS = (
    "Zscaler", "Netskope", "Blue Coat", "Palo Alto", "FortiGate", "Fortinet", "Cisco Umbrella", "Forcepoint",
    "Websense", "McAfee", "Skyhigh", "Sophos", "Check Point", "Barracuda", "Kaspersky", "ESET", "Avast", "AVG",
    "Bitdefender", "SonicWall", "iboss", "Menlo Security", "WatchGuard", "Squid", "mitmproxy", "Charles Proxy",
    "Fiddler", "PortSwigger",
)  # fmt: skip
"""Names that makers of inspecting proxies and virus scanners put into the certificates which these sign anew."""

_ASK = (
    "Ask the network's administrators to let this host through uninspected: a box that opens the connection also "
    "keeps your certificate from reaching CAISO."
)


def secured(handshake: Handshake, offered: Sequence[str], read: Read, now: datetime, last_issuer: str = "") -> Finding:
    """What a handshake with a host shows; ``last_issuer`` is who had issued its certificate the last time."""
    chain = _chain(handshake, read)
    facts = _facts(handshake, offered, chain)
    failure = handshake.failure
    if failure is not None:
        finding = failed(Step.TLS, failure, handshake.seconds, facts)
        return _with_issuer(finding, chain) if isinstance(failure, ServerNotTrusted) and chain else finding
    agreed = f"{_spelt(handshake.version)}, and the host proved its name."
    if not chain:
        return Finding(Step.TLS, Verdict.OK, agreed, "", handshake.seconds, facts)
    own = chain[0]
    maker = inspector(own.issuer) or inspector(chain[-1].issuer)
    if maker:
        said = f"{agreed} But its certificate was issued by {own.issuer}: {maker} opens the connection on the way."
        return Finding(Step.TLS, Verdict.WARNING, said, _ASK, handshake.seconds, facts)
    if last_issuer and last_issuer != own.issuer:
        said = f"{agreed} But its certificate was issued by {own.issuer}, and the last time by {last_issuer}."
        advice = f"CAISO may have renewed it; most often it is a company's inspecting proxy. {_ASK}"
        return Finding(Step.TLS, Verdict.WARNING, said, advice, handshake.seconds, facts)
    if own.not_after - now < SOON:
        said = f"{agreed} Its certificate is valid until {own.not_after:%Y-%m-%d} only."
        return Finding(Step.TLS, Verdict.WARNING, said, "CAISO has to renew it.", handshake.seconds, facts)
    return Finding(Step.TLS, Verdict.OK, f"{agreed} Issued by {own.issuer}.", "", handshake.seconds, facts)


def issuer(handshake: Handshake, read: Read) -> str:
    """Who issued the certificate that a host showed; empty where nothing was seen."""
    chain = _chain(handshake, read)
    return chain[0].issuer if chain else ""


def inspector(issuer: str) -> str:
    """The maker of an inspecting proxy that an issuer's name gives away; empty where it gives none."""
    return next((maker for maker in INSPECTORS if re.search(rf"\b{re.escape(maker)}", issuer, re.IGNORECASE)), "")


def _with_issuer(finding: Finding, chain: Sequence[Certificate]) -> Finding:
    """Say who issued what is not trusted: that is whose middle box it is, where it is one."""
    own = chain[0]
    maker = inspector(own.issuer) or inspector(chain[-1].issuer)
    named = f" {maker} opens the connection on the way." if maker else ""
    itself = "itself" if own.issuer == own.subject else own.issuer
    said = f"{finding.sentence} It is for {own.common_name}, issued by {itself}.{named}"
    return replace(finding, sentence=said, advice=_ASK if maker else finding.advice)


def _chain(handshake: Handshake, read: Read) -> list[Certificate]:
    found = []
    for der in handshake.chain:
        try:
            found.append(read(der))
        except ValueError:
            break
    return found


def _facts(handshake: Handshake, offered: Sequence[str], chain: Sequence[Certificate]) -> tuple[tuple[str, str], ...]:
    facts = []
    if not isinstance(handshake.failure, TimedOut):
        facts.append(("Versions offered", ", ".join(_spelt(each) for each in offered) or "none from TLS 1.2 on"))
    if handshake.version:
        cipher = f", {handshake.cipher}" if handshake.cipher else ""
        facts.append(("Agreed", f"{_spelt(handshake.version)}{cipher}"))
    for number, link in enumerate(chain):
        what = "Its certificate" if not number else f"Chain, {number}"
        facts.append((what, f"{link.subject}, issued by {link.issuer}, valid until {link.not_after:%Y-%m-%d}"))
        if not number:
            facts.append(("Its thumbprint (SHA-256)", " ".join(_groups(link.thumbprint))))
    if handshake.version:
        asked = {True: "asked for", False: "not asked for in the handshake", None: "not to be seen here"}
        facts.append(("Client certificate", asked[handshake.asked]))
    return tuple(facts)


def _groups(thumbprint: str) -> list[str]:
    """A thumbprint in pieces that a line can be broken between."""
    return [thumbprint[at : at + 8] for at in range(0, len(thumbprint), 8)]


def _spelt(version: str) -> str:
    return version.replace("TLSv", "TLS ")


# The client's certificate


def unshown(place: Place, handshake: Handshake, *, chosen: bool, approved: bool) -> Finding | None:
    """The finding where no certificate is shown; None where one is to be."""
    if place.public:
        return Finding(Step.CERTIFICATE, Verdict.SKIPPED, "These services are public, so no certificate is shown.")
    if not chosen:
        if handshake.asked is False:
            return Finding(Step.CERTIFICATE, Verdict.SKIPPED, "No certificate is chosen, and the host asks for none.")
        return Finding(
            Step.CERTIFICATE,
            Verdict.WARNING,
            "The host asks for a client certificate, and none is chosen.",
            "Choose the one that CAISO issued to you for this environment, and try again.",
        )
    if not approved:
        return Finding(
            Step.CERTIFICATE,
            Verdict.SKIPPED,
            f"{place.host} is outside CAISO's domains and not approved for this certificate, so it was not shown.",
            "Approve the host, if you know that it is right, when you send a call to it.",
        )
    return None


def shown(
    handshake: Handshake,
    certificate: Certificate,
    *,
    signed: bool | None,
    response: Response | None,
    failure: CaisoError | None,
) -> Finding:
    """What became of the certificate that was shown.

    ``signed`` is whether its key was used; None where that cannot be seen.
    """
    facts = _accepted(handshake, certificate)
    seconds = response.timings.tls if response is not None else None
    if isinstance(failure, REFUSALS):
        finding = failed(Step.CERTIFICATE, failure, facts=facts)
        late = handshake.version == "TLSv1.3"
        when = "It says so after the handshake, as TLS 1.3 does." if late else "It says so in the handshake."
        return replace(finding, sentence=f"{finding.sentence} {when}")
    if isinstance(failure, IdentityError):
        return failed(Step.CERTIFICATE, failure, facts=facts)
    if signed is False:
        said = "The host did not ask for a client certificate."
        return Finding(
            Step.CERTIFICATE,
            Verdict.WARNING,
            said,
            "CAISO's hosts ask for one: something between here and there may answer in their place.",
            seconds,
            facts,
        )
    if failure is not None:
        return Finding(
            Step.CERTIFICATE,
            Verdict.WARNING,
            "The certificate was shown, and then the host did not answer as it should.",
            "Some hosts refuse a certificate without a word: see the next step.",
            seconds,
            facts,
        )
    asked = "The host asked for it and accepted it." if signed else "The host accepted the connection with it."
    if signed and handshake.asked is False:
        asked = "The host asked for it once it had read the request (not in the handshake), and accepted it."
    return Finding(Step.CERTIFICATE, Verdict.OK, asked, "", seconds, facts)


def _accepted(handshake: Handshake, certificate: Certificate) -> tuple[tuple[str, str], ...]:
    if not handshake.authorities:
        return ()
    chain = (certificate.der, *certificate.chain)
    among = any(name in der for name in handshake.authorities for der in chain)
    count = len(handshake.authorities)
    which = "yours is among them" if among else "the one that issued yours is not among them"
    return (("Authorities it accepts", f"{count}; {which}"),)


def key_signs(place: str) -> str:
    """The sentence for a key that signed."""
    return sentence(f"the key signs (RSA with SHA-1, as CAISO's services want it); it lies {place}")
