"""What CAISO offers, as plain data: environments, applications, services, versions, addresses.

The catalogue room reads these from TOML; the other rooms only look things up. Names are those of
*Systems Access Information for Market Participants* 10.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit

from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.identity import Hash, Trust


class Variant(StrEnum):
    """How a payload travels: ``_AP`` (MIME), ``_DocAttach_AP`` (inside the Body), RPC (ADS) or REST (OASIS, CRR)."""

    AP = "ap"
    DOCATTACH = "docattach"
    RPC = "rpc"
    REST = "rest"


class Kind(StrEnum):
    """What a call does to the market: nothing, hand something in, or change the state of something."""

    RETRIEVE = "retrieve"
    SUBMIT = "submit"
    STATE_CHANGING = "state-changing"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact stands: a document and its date; ``proven`` is false for later public sources nobody tried."""

    document: str
    date: date | None = None
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Correction:
    """Where the catalogue departs from print: the place, what is printed, what is used, and why."""

    where: str
    printed: str
    used: str
    why: str


@dataclass(frozen=True, slots=True)
class Environment:
    """One place where CAISO runs its systems (or the simulator). ``id`` is also its colour's name in the palette.

    ``guarded`` environments move real money: submits are refused until the guard has let them through.
    """

    id: str
    name: str
    purpose: str
    guarded: bool
    signature_hash: Hash = Hash.SHA1
    trust: Trust = field(default_factory=Trust)


@dataclass(frozen=True, slots=True)
class Address:
    """A user-interface address and its role: ``portal``, ``installer``, ``manual`` or ``server``."""

    url: str
    role: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How one application is reached in one environment. ``base`` is the web-service address before the path."""

    base: str | None = None
    addresses: tuple[Address, ...] = ()
    secondary: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One versioned row of a service. ``version`` is ``v4``, ``v20090801`` or empty where print has none.

    ``paths`` maps each variant to the path after the application's base.
    """

    version: str
    release: str
    paths: Mapping[Variant, str]
    source: Source
    callable: bool = True
    minor_version: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """One web service; ``versions`` newest first."""

    name: str
    kind: Kind
    versions: tuple[Version, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """One application; ``reach`` by environment id, only for those environments that have it."""

    id: str
    acronym: str
    name: str
    purpose: str
    aliases: tuple[str, ...]
    references: tuple[str, ...]
    reach: Mapping[str, Reach]
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """One row of the catalogue, chosen: what a call is sent to. All ids are the catalogue's."""

    application: str
    service: str
    version: str
    variant: Variant


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of it, in the order of the document. Look-ups raise `CatalogueError` with the nearest right names."""

    title: str
    version: str
    effective: date
    environments: tuple[Environment, ...]
    applications: tuple[Application, ...]
    corrections: tuple[Correction, ...] = ()

    def environment(self, id: str) -> Environment:
        """The environment of this id."""
        for environment in self.environments:
            if environment.id == id:
                return environment
        known = ", ".join(e.id for e in self.environments)
        raise CatalogueError(f"there is no environment '{id}'.", advice=f"Known are: {known}.")

    def application(self, id: str) -> Application:
        """The application of this id (lower case)."""
        for application in self.applications:
            if application.id == id:
                return application
        known = ", ".join(a.id for a in self.applications)
        raise CatalogueError(f"there is no application '{id}'.", advice=f"Known are: {known}.")

    def service(self, application: str, name: str) -> Service:
        """The service of this name in the application."""
        owner = self.application(application)
        for service in owner.services:
            if service.name == name:
                return service
        known = ", ".join(s.name for s in owner.services) or "none"
        raise CatalogueError(f"{owner.acronym} has no service '{name}'.", advice=f"It has: {known}.")

    def row(self, target: Target) -> tuple[Application, Service, Version]:
        """The application, service and version a target names."""
        application = self.application(target.application)
        service = self.service(target.application, target.service)
        for version in service.versions:
            if version.version == target.version and target.variant in version.paths:
                return application, service, version
        known = ", ".join(f"{v.version or 'unversioned'} ({', '.join(sorted(v.paths))})" for v in service.versions)
        wanted = f"{target.version or 'unversioned'} ({target.variant})"
        raise CatalogueError(f"{service.name} has no {wanted}.", advice=f"It has: {known}.")

    def url(self, environment: str, target: Target) -> str:
        """The address of a target in an environment."""
        place = self.environment(environment)
        application, service, version = self.row(target)
        reach = application.reach.get(environment)
        if reach is None or reach.base is None:
            having = ", ".join(e for e, r in application.reach.items() if r.base) or "none"
            raise CatalogueError(
                f"{application.acronym} has no web services in {place.name}.",
                advice=f"Environments that have them: {having}.",
            )
        if not version.callable:
            raise CatalogueError(f"{service.name} {version.version} is not released, so it cannot be called.")
        return reach.base + version.paths[target.variant]

    def hosts(self, environment: str) -> frozenset[tuple[str, int]]:
        """Every (host, port) to which a client certificate may be shown in an environment."""
        found = set()
        for application in self.applications:
            reach = application.reach.get(environment)
            if reach is not None and reach.base is not None:
                parts = urlsplit(reach.base)
                if parts.scheme == "https" and parts.hostname:
                    found.add((parts.hostname, parts.port or 443))
        return frozenset(found)

    def with_environment(self, environment: Environment, bases: Mapping[str, str]) -> "Catalogue":
        """A catalogue that also has this environment; ``bases`` gives each application's web-service base."""
        applications = []
        for application in self.applications:
            reach = dict(application.reach)
            if application.id in bases:
                reach[environment.id] = Reach(base=bases[application.id])
            applications.append(replace(application, reach=MappingProxyType(reach)))
        environments = (environment, *(e for e in self.environments if e.id != environment.id))
        return replace(self, environments=environments, applications=tuple(applications))
