"""The rows of the service tree as plain nodes, and which of them a filter leaves; no Qt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from caiso_desktop.model.service import Application, Catalogue, Environment, Kind, Service, Target, Variant, Version

KIND_WORDS = {Kind.RETRIEVE: "Retrieve", Kind.SUBMIT: "Submit", Kind.STATE_CHANGING: "Changes state"}
_PREFERRED = (Variant.DOCATTACH, Variant.AP, Variant.RPC, Variant.REST)


@dataclass(frozen=True, slots=True)
class ServiceNode:
    """One row: ``text``, a greyed ``remark`` after it, a ``tip``, and the ``target`` it opens.

    ``hindrance`` says why it cannot be called in the environment (empty where it can); ``words`` is what a filter
    looks through.
    """

    text: str
    remark: str
    tip: str
    words: str
    target: Target | None
    hindrance: str = ""
    superseded: bool = False
    children: tuple["ServiceNode", ...] = ()

    @property
    def openable(self) -> bool:
        """Whether Enter opens a draft for it."""
        return self.target is not None and not self.hindrance


def preferred_variant(version: Version) -> Variant | None:
    """The variant a draft begins with: the payload inside the Body where the version has it."""
    return next((v for v in _PREFERRED if v in version.paths), None)


def service_nodes(catalogue: Catalogue, environment: Environment) -> tuple[ServiceNode, ...]:
    """Applications, their services and the versions of those, newest first, as seen from an environment."""
    return tuple(_application_node(catalogue, a, environment) for a in catalogue.applications)


def count_services(nodes: Iterable[ServiceNode]) -> int:
    """How many services these applications have."""
    return sum(len(node.children) for node in nodes)


def filter_nodes(nodes: Sequence[ServiceNode], text: str) -> tuple[ServiceNode, ...]:
    """The nodes in which every word of a filter occurs, with their parents; a match keeps its children."""
    wanted = text.casefold().split()
    if not wanted:
        return tuple(nodes)
    return tuple(kept for node in nodes if (kept := _kept(node, wanted, "")) is not None)


def _kept(node: ServiceNode, wanted: list[str], above: str) -> ServiceNode | None:
    words = f"{above} {node.words}"
    if all(word in words for word in wanted):
        return node
    children = tuple(kept for child in node.children if (kept := _kept(child, wanted, words)) is not None)
    if not children:
        return None
    return ServiceNode(
        node.text,
        node.remark,
        node.tip,
        node.words,
        node.target,
        node.hindrance,
        node.superseded,
        children,
    )


def _application_node(catalogue: Catalogue, application: Application, environment: Environment) -> ServiceNode:
    services = tuple(_service_node(catalogue, application, service, environment) for service in application.services)
    hindrance = ""
    if not services:
        hindrance = f"The catalogue lists no web services of {application.acronym}."
    elif not any(service.openable for service in services):
        hindrance = f"{application.acronym} has no web services in {environment.name}."
    return ServiceNode(
        text=application.acronym,
        remark=application.name if application.name != application.acronym else "",
        tip=_lines(application.name, application.purpose, hindrance),
        words=" ".join((application.acronym, application.name, *application.aliases)).casefold(),
        target=None,
        hindrance=hindrance,
        children=services,
    )


def _service_node(
    catalogue: Catalogue, application: Application, service: Service, environment: Environment
) -> ServiceNode:
    versions = tuple(
        _version_node(service, version, _target(application, service, version), hindrance, superseded=place > 0)
        for place, version in enumerate(service.versions)
        for hindrance in (_hindrance(catalogue, application, service, version, environment),)
    )
    chosen = next((node for node in versions if node.openable), versions[0] if versions else None)
    return ServiceNode(
        text=service.name,
        remark="" if service.kind is Kind.RETRIEVE else KIND_WORDS[service.kind].lower(),
        tip=_lines(service.name, service.note, chosen.hindrance if chosen else ""),
        words=f"{service.name} {KIND_WORDS[service.kind]}".casefold(),
        target=chosen.target if chosen else None,
        hindrance=chosen.hindrance if chosen else "It has no version.",
        children=versions,
    )


def _target(application: Application, service: Service, version: Version) -> Target | None:
    variant = preferred_variant(version)
    if variant is None:
        return None
    return Target(application.id, service.name, version.version, variant, version.minor_version)


def _hindrance(
    catalogue: Catalogue, application: Application, service: Service, version: Version, environment: Environment
) -> str:
    """Why a version cannot be called in an environment; empty where it can."""
    name = f"{service.name} {version.version}".rstrip()
    if not version.callable:
        return f"{name} is not released, so it cannot be called."
    if not version.paths:
        return f"{name} has no address in the catalogue."
    bases = catalogue.bases(application, version)
    if environment.id not in bases:
        having = ", ".join(catalogue.environment(place).name for place in bases)
        return f"{name} has no address in {environment.name}. " + (f"It has one in {having}." if having else "")
    return ""


def _version_node(
    service: Service, version: Version, target: Target | None, hindrance: str, *, superseded: bool
) -> ServiceNode:
    name = version.version or "unversioned"
    shown = f"{name} ({version.minor_version})" if version.minor_version else name
    return ServiceNode(
        text=shown,
        remark=" · ".join(filter(None, (version.release, "superseded" if superseded else ""))),
        tip=_lines(
            f"{service.name} {shown}",
            f"Release: {version.release}" if version.release else "",
            "A newer version is above." if superseded else "",
            version.note,
            f"Source: {version.source}",
            hindrance.strip(),
        ),
        words=f"{shown} {version.release}".casefold(),
        target=target,
        hindrance=hindrance.strip(),
        superseded=superseded,
    )


def _lines(*lines: str) -> str:
    return "\n".join(dict.fromkeys(line for line in lines if line))
