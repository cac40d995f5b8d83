"""The rows of the service tree as plain nodes, as seen from an environment; no Qt."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.doubt import source_words
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.service import Application, Environment, Kind, Service, Target, Variant, Version

KIND_WORDS = {Kind.RETRIEVE: "Retrieve", Kind.SUBMIT: "Submit", Kind.STATE_CHANGING: "Changes state"}
UNRELEASED = "not released"
SUPERSEDED = "superseded"
GONE = "probably retired"
UNPROVEN = "not proven"
_PREFERRED = (Variant.DOCATTACH, Variant.AP, Variant.RPC, Variant.REST)


class Level(StrEnum):
    """What a row stands for."""

    GROUP = "group"
    APPLICATION = "application"
    SERVICE = "service"
    VERSION = "version"


class ServiceNode(NamedTuple):
    """One row: ``text``, a greyed ``remark`` after it, a ``tip``, and the ``target`` it opens.

    ``hindrance`` says why it cannot be called in the environment (empty where it can). ``words`` is what a filter looks
    through here, ``within`` that of the rows below; ``bases`` are the addresses that may stand before a path.
    """

    level: Level
    key: str
    text: str
    remark: str
    tip: str
    words: str = ""
    application: str = ""
    service: str = ""
    target: Target | None = None
    hindrance: str = ""
    greyed: bool = False
    marks: tuple[str, ...] = ()
    children: tuple["ServiceNode", ...] = ()
    within: str = ""
    bases: tuple[str, ...] = ()

    @property
    def is_portal(self) -> bool:
        """Whether an application is one that a browser is for, so that Enter shows its page."""
        return self.level is Level.APPLICATION and all(
            UNPROVEN in version.marks for service in self.children for version in service.children
        )

    @property
    def openable(self) -> bool:
        """Whether Enter opens a draft for it."""
        return self.target is not None and not self.hindrance


def preferred_variant(version: Version) -> Variant | None:
    """The variant a draft begins with: the payload inside the Body where the version has it."""
    return next((v for v in _PREFERRED if v in version.paths), None)


def service_nodes(catalogue: Catalogue, environment: Environment, today: date) -> tuple[ServiceNode, ...]:
    """Applications, their services and the versions of those, newest first, as seen from an environment.

    ``today`` is the Pacific date: rows that are not active before a later one say so.
    """
    view = _View(catalogue, environment, today)
    return tuple(view.application(each) for each in catalogue.applications)


def count_services(nodes: Iterable[ServiceNode]) -> int:
    """How many services these applications have."""
    return sum(len(node.children) for node in nodes if node.level is Level.APPLICATION)


def group_node(
    key: str, title: str, targets: Iterable[Target], nodes: Iterable[ServiceNode], *, with_version: bool
) -> ServiceNode:
    """Some services by themselves, above all others; what the catalogue has no more is left out."""
    applications = {node.application: node for node in nodes}
    children = []
    for target in targets:
        owner = applications.get(target.application)
        service = next((n for n in owner.children if n.service == target.service), None) if owner else None
        node = service if service is None or not with_version else _version_of(service, target)
        if owner is not None and node is not None:
            remark = " · ".join(filter(None, (f"{owner.text} {target.version}".strip(), *node.marks)))
            children.append(
                ServiceNode(
                    Level.SERVICE,
                    f"{key}/{target.application}/{target.service}/{target.version}/{target.minor_version or ''}",
                    target.service,
                    remark,
                    node.tip,
                    application=target.application,
                    service=target.service,
                    target=node.target,
                    hindrance=node.hindrance,
                    greyed=node.greyed,
                )
            )
    return ServiceNode(Level.GROUP, key, title, "", "", children=tuple(children))


def _version_of(service: ServiceNode, target: Target) -> ServiceNode | None:
    for node in service.children:
        if node.target is not None and (node.target.version, node.target.minor_version) == (
            target.version,
            target.minor_version,
        ):
            return node
    return None


@dataclass(frozen=True, slots=True)
class _View:
    """The catalogue as seen from one place on one day."""

    catalogue: Catalogue
    environment: Environment
    today: date

    def application(self, application: Application) -> ServiceNode:
        services = tuple(self._service(application, service) for service in application.services)
        reach = application.reach.get(self.environment.id)
        hindrance = ""
        greyed = False
        if not services:
            hindrance = f"The catalogue lists no web services of {application.acronym}; Enter shows its page."
            greyed = reach is None
        elif not any(service.openable for service in services):
            hindrance = f"{application.acronym} has no web services in {self.environment.name}."
            greyed = True
        if reach is None:
            having = ", ".join(e.name for e in self.catalogue.environments if e.id in application.reach)
            hindrance += f" It is not in {self.environment.name}" + (f", but in {having}." if having else ".")
        gone = application.retired.get(self.environment.id)
        kind = "" if _is_called(application) else "portal" if _has_portal(application) else "gateway"
        absent = "not here" if greyed else ""
        name = application.name if application.name != application.acronym else ""
        return ServiceNode(
            Level.APPLICATION,
            application.id,
            application.acronym,
            " · ".join(filter(None, (absent, kind, GONE if gone else "", name))),
            _lines(application.name, application.purpose, application.limits, hindrance.strip()),
            words=_words(
                application.id, application.acronym, application.name, *application.aliases, *_places(application)
            ),
            application=application.id,
            hindrance=hindrance.strip(),
            greyed=greyed,
            children=services,
            within="\n".join(f"{node.words}\n{node.within}" for node in services),
            bases=tuple(dict.fromkeys(base.casefold() for base in _bases(application))),
        )

    def _service(self, application: Application, service: Service) -> ServiceNode:
        newest = service.newest
        versions = tuple(self._version(application, service, version, newest) for version in service.versions)
        chosen = _chosen(versions)
        kind = "" if service.kind is Kind.RETRIEVE else KIND_WORDS[service.kind].lower()
        marks = (GONE,) if chosen is not None and GONE in chosen.marks else ()
        printed = f"Printed as {service.printed_name}." if service.printed_name else ""
        procedures = {each.name for version in service.versions for each in version.procedures}
        hindrance = chosen.hindrance if chosen else "It has no version."
        return ServiceNode(
            Level.SERVICE,
            f"{application.id}/{service.name}",
            service.name,
            " · ".join(filter(None, (kind, *marks))),
            _lines(service.name, service.note, printed, hindrance),
            words=_words(service.name, service.printed_name or "", KIND_WORDS[service.kind], *procedures),
            application=application.id,
            service=service.name,
            target=chosen.target if chosen else None,
            hindrance=hindrance,
            greyed=bool(hindrance),
            marks=marks,
            children=versions,
            within="\n".join(node.words for node in versions),
        )

    def _version(
        self, application: Application, service: Service, version: Version, newest: Version | None
    ) -> ServiceNode:
        name = version.version or "unversioned"
        shown = f"{name} ({version.minor_version})" if version.minor_version else name
        hindrance = self._hindrance(application, service, version)
        superseded = (
            version.callable and newest is not None and version.source.proven and version.version != newest.version
        )
        marks = tuple(self._marks(application, version, superseded=superseded))
        variant = preferred_variant(version)
        target = None
        if variant is not None:
            target = Target(application.id, service.name, version.version, variant, version.minor_version)
        urls = [base + path for base in version.bases.values() for path in version.paths.values()]
        return ServiceNode(
            Level.VERSION,
            f"{application.id}/{service.name}/{version.version}/{version.minor_version or ''}",
            shown,
            " · ".join(filter(None, (version.release, *marks))),
            _lines(
                f"{service.name} {shown}",
                f"Release: {version.release}" if version.release else "",
                f"Template: {version.template}" if version.template else "",
                "A newer version is above." if superseded else "",
                self._retirement_words(application, version),
                version.note,
                f"Source: {source_words(version.source)}",
                hindrance,
            ),
            words=_words(shown, version.release, version.template or "", *marks, *version.paths.values(), *urls),
            application=application.id,
            service=service.name,
            target=target,
            hindrance=hindrance,
            greyed=bool(hindrance),
            marks=marks,
        )

    def _marks(self, application: Application, version: Version, *, superseded: bool) -> Iterator[str]:
        if not version.callable:
            yield UNRELEASED
        if superseded:
            yield SUPERSEDED
        if self._retirement_words(application, version):
            yield GONE
        begins = version.active_from.get(self.environment.id)
        if begins is not None and begins > self.today:
            yield f"from {begins.isoformat()}"
        if not version.source.proven:
            yield UNPROVEN

    def _retirement_words(self, application: Application, version: Version) -> str:
        place = self.environment.id
        gone = version.retired.get(place) or application.retired.get(place) or self.environment.retired
        if gone is None:
            return ""
        since = f" since {gone.since.isoformat()}" if gone.since is not None else ""
        after = f"; {gone.successor} follows it" if gone.successor else ""
        return f"Probably retired{since}{after}: {gone.source}."

    def _hindrance(self, application: Application, service: Service, version: Version) -> str:
        """Why a version cannot be called here; empty where it can."""
        name = f"{service.name} {version.version}".rstrip()
        if not version.callable:
            return f"{name} is not released, so it cannot be called."
        if not version.paths:
            return f"{name} has no address in the catalogue."
        bases = self.catalogue.bases(application, version)
        if self.environment.id not in bases:
            having = ", ".join(self.catalogue.environment(place).name for place in bases)
            sentence = f"{name} has no address in {self.environment.name}."
            return f"{sentence} It has one in {having}." if having else sentence
        return ""


def copied_address(catalogue: Catalogue, environment: str, node: ServiceNode) -> str:
    """The address of a row: where a target is called, else an application's web services, else its portal."""
    if node.target is not None:
        try:
            return catalogue.url(environment, node.target)
        except CatalogueError:
            return ""
    reach = catalogue.application(node.application).reach.get(environment) if node.application else None
    if reach is None:
        return ""
    return reach.base or next((address.url for address in reach.addresses), "")


def _chosen(versions: tuple[ServiceNode, ...]) -> ServiceNode | None:
    """The version that a service opens: the newest that can be called, one that nobody doubts before the others."""
    openable = [node for node in versions if node.openable]
    for doubts in ({UNPROVEN, GONE}, {GONE}, set[str]()):
        for node in openable:
            if doubts.isdisjoint(node.marks):
                return node
    return versions[0] if versions else None


def _is_called(application: Application) -> bool:
    """Whether the document has services of it."""
    return any(version.source.proven for service in application.services for version in service.versions)


def _has_portal(application: Application) -> bool:
    return any(address.role == "portal" for reach in application.reach.values() for address in reach.addresses)


def _bases(application: Application) -> Iterator[str]:
    for reach in application.reach.values():
        if reach.base is not None:
            yield reach.base
        yield from (other.url for other in reach.other_bases)


def _places(application: Application) -> Iterator[str]:
    yield from _bases(application)
    for reach in application.reach.values():
        yield from reach.secondary
        yield from reach.ips
        for address in reach.addresses:
            yield address.url
            yield from address.ips


def _words(*words: str) -> str:
    # On lines of their own, so that nothing is found across two of them.
    return "\n".join(dict.fromkeys(words)).casefold()


def _lines(*lines: str) -> str:
    return "\n".join(dict.fromkeys(line for line in lines if line))
