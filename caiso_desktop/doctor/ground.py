"""What is told of a host's name and of the connection to it, before anything is secured."""

from collections.abc import Sequence

from caiso_desktop.model.doctor import Finding, Place, Step, Verdict
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.probe import Reached
from caiso_desktop.model.route import Route
from caiso_desktop.model.sentence import sentence


def failed(
    step: Step, error: CaisoError, seconds: float | None = None, facts: Sequence[tuple[str, str]] = ()
) -> Finding:
    """The finding for an error."""
    return Finding(
        step, Verdict.FAILED, f"{error.title}: {sentence(error.detail)}", error.advice, seconds, tuple(facts), error
    )


def name_found(place: Place, addresses: Sequence[str], seconds: float) -> Finding:
    """What the addresses of a name mean beside those that the access document prints."""
    if tuple(addresses) == (place.host,):
        said = f"{place.host} is an address; there is no name to look up."
        return Finding(Step.NAME, Verdict.OK, said, "", seconds)
    facts = [("Addresses", ", ".join(addresses))]
    if place.ips:
        facts.append(("Printed in the document", ", ".join(place.ips)))
    count = f"{len(addresses)} address" + ("" if len(addresses) == 1 else "es")
    if not place.ips:
        said = f"{place.host} has {count}; the access document prints none for it."
        return Finding(Step.NAME, Verdict.OK, said, "", seconds, tuple(facts))
    others = [each for each in addresses if each not in place.ips]
    if not others:
        said = f"{place.host} has {count}, as the access document prints them."
        return Finding(Step.NAME, Verdict.OK, said, "", seconds, tuple(facts))
    which = "none" if len(others) == len(addresses) else "not all"
    return Finding(
        Step.NAME,
        Verdict.WARNING,
        f"{place.host} has {count}, of which {which} stand in the access document: {', '.join(others)}.",
        "CAISO may have moved since the document was printed: then a firewall that opens the printed addresses only "
        "is in the way. Or the company's DNS sends the name elsewhere: ask the network's administrators.",
        seconds,
        tuple(facts),
    )


def name_left_to_the_proxy(error: CaisoError, seconds: float) -> Finding:
    """A name that this computer cannot look up although its proxy may."""
    return Finding(
        Step.NAME,
        Verdict.WARNING,
        f"This computer finds no address. {sentence(error.detail)} The proxy looks the name up itself.",
        "Nothing needs to be done where the next steps succeed: many companies let only the proxy look up names.",
        seconds,
    )


def way_found(routes: Sequence[Route], seconds: float) -> Finding:
    """Which way a host takes, and who says so."""
    first = routes[0]
    by = f", as {first.learnt}" if first.learnt else ""
    if first.proxy is None:
        said = f"The program connects directly, without a proxy{by}."
        return Finding(Step.PROXY, Verdict.OK, said, "", seconds)
    others = ", ".join(str(route) for route in routes[1:])
    facts = (("Proxy", str(first.proxy)), *((("If nobody answers there", others),) if others else ()))
    said = f"The program connects through the proxy {first.proxy}{by}."
    return Finding(Step.PROXY, Verdict.OK, said, "", seconds, facts)


def connected(place: Place, reached: Reached, seconds: float) -> Finding:
    """A connection that was made."""
    proxy = reached.route.proxy
    if proxy is None:
        said = f"{reached.address}, port {place.port}, took the connection."
    else:
        said = f"The proxy {proxy} connected to {place.host}, port {place.port}."
    return Finding(Step.CONNECTION, Verdict.OK, said, "", seconds, (("Address", reached.address),))
