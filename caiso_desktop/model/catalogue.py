"""The catalogue as one: its look-ups by name and target, and the address, kind and hosts that follow from them.

What stands in it are the rows of `caiso_desktop.model.service`.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import urlsplit

from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.guide import Guide
from caiso_desktop.model.service import (
    Application,
    Environment,
    Kind,
    Packaging,
    Procedure,
    Reach,
    Retirement,
    Service,
    Target,
    Variant,
    Version,
)


@dataclass(frozen=True, slots=True)
class Correction:
    """Where the catalogue departs from print: the place, what is printed, what is used, and why.

    Where both are the same the print was kept and ``why`` says what is doubtful about it. ``application`` is the id
    of the application it is about, empty where it is about the document.
    """

    where: str
    printed: str
    used: str
    why: str
    application: str = ""

    @property
    def doubt(self) -> bool:
        """Whether the print was kept."""
        return self.printed == self.used


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of it, in the order of the document. Look-ups raise `CatalogueError` with the nearest right names."""

    title: str
    version: str
    effective: datetime.date
    environments: tuple[Environment, ...]
    applications: tuple[Application, ...]
    corrections: tuple[Correction, ...] = ()
    guide: Guide = field(default_factory=Guide)

    @property
    def edition(self) -> str:
        """Which one it is, in words."""
        return f"{self.title} {self.version}, effective {self.effective.isoformat()}"

    def environment(self, id: str) -> Environment:
        """The environment of this id."""
        for environment in self.environments:
            if environment.id == id:
                return environment
        known = ", ".join(e.id for e in self.environments)
        raise CatalogueError(f"there is no environment '{id}'.", advice=f"Known are: {known}.")

    def application(self, id: str) -> Application:
        """The application of this id (lower case), acronym or alias, whatever its case."""
        wanted = id.casefold()
        for application in self.applications:
            if application.id == wanted:
                return application
        for application in self.applications:
            if wanted in (name.casefold() for name in (application.acronym, *application.aliases)):
                return application
        known = ", ".join(a.id for a in self.applications)
        raise CatalogueError(f"there is no application '{id}'.", advice=f"Known are: {known}.")

    def service(self, application: str, name: str) -> Service:
        """The service of this name in the application, or of this name in print."""
        owner = self.application(application)
        for service in owner.services:
            if service.name == name:
                return service
            if service.printed_name == name:
                return service.as_printed()
        known = ", ".join(s.name for s in owner.services) or "none"
        raise CatalogueError(f"{owner.acronym} has no service '{name}'.", advice=f"It has: {known}.")

    def row(self, target: Target) -> tuple[Application, Service, Version]:
        """The application, service and version a target names."""
        application = self.application(target.application)
        service = self.service(target.application, target.service)
        for version in service.versions:
            if (
                version.version == target.version
                and target.variant in version.paths
                and target.minor_version in (None, version.minor_version)
            ):
                return application, service, version
        known = ", ".join(f"{v.version or 'unversioned'} ({', '.join(sorted(v.paths))})" for v in service.versions)
        wanted = f"{target.version or 'unversioned'} ({target.variant})"
        raise CatalogueError(f"{service.name} has no {wanted}.", advice=f"It has: {known}.")

    def procedure(self, target: Target) -> Procedure | None:
        """The procedure that a target names, or the first of its row; None where the row has none."""
        _, service, version = self.row(target)
        if target.variant is not Variant.RPC:
            return None
        for procedure in version.procedures:
            if target.procedure in ("", procedure.name):
                return procedure
        if not target.procedure:
            return None
        known = ", ".join(each.name for each in version.procedures) or "none"
        raise CatalogueError(
            f"{service.name} {version.version} has no operation '{target.procedure}'.", advice=f"It has: {known}."
        )

    def kind(self, target: Target) -> Kind:
        """What a call of a target does: its procedure's kind, else its service's."""
        procedure = self.procedure(target)
        return procedure.kind if procedure is not None else self.row(target)[1].kind

    def packaging(self, environment: str, target: Target) -> Packaging:
        """How the MIME part of a submit travels: as the service says, else its application, else the environment."""
        application, service, _ = self.row(target)
        place = self.environment(environment)
        return service.packaging or application.packaging or place.packaging or Packaging.SWA

    def bases(self, application: Application, version: Version) -> Mapping[str, str]:
        """The web-service base of a row by environment id, in the environments' order, where it has one."""
        found = ((each.id, _base(application, version, each.id)) for each in self.environments)
        return {environment: base for environment, base in found if base is not None}

    def retirement(self, environment: str, target: Target) -> Retirement | None:
        """Why a row is thought to be gone from an environment; None where nothing says so."""
        application, _, version = self.row(target)
        return (
            version.retired.get(environment)
            or application.retired.get(environment)
            or self.environment(environment).retired
        )

    def url(self, environment: str, target: Target) -> str:
        """The address of a target in an environment."""
        place = self.environment(environment)
        application, service, version = self.row(target)
        base = _base(application, version, environment)
        if base is None:
            bases = self.bases(application, version)
            what = f"{service.name} {version.version}" if version.bases else f"{application.acronym}"
            lack = "is not offered" if version.bases else "has no web services"
            raise CatalogueError(
                f"{what} {lack} in {place.name}.",
                advice=f"Environments that have it: {', '.join(bases) or 'none'}.",
            )
        if not version.callable:
            raise CatalogueError(f"{service.name} {version.version} is not released, so it cannot be called.")
        return base + version.paths[target.variant]

    def hosts(self, environment: str) -> frozenset[tuple[str, int]]:
        """Every (host, port) to which a client certificate may be shown in an environment."""
        found = set()
        for base in self._every_base(environment):
            parts = urlsplit(base)
            if parts.scheme == "https" and parts.hostname:
                found.add((parts.hostname, parts.port or 443))
        return frozenset(found)

    def _every_base(self, environment: str) -> Iterator[str]:
        for application in self.applications:
            reach = application.reach.get(environment)
            if reach is not None:
                if reach.base is not None:
                    yield reach.base
                yield from (other.url for other in reach.other_bases)
            for service in application.services:
                yield from (v.bases[environment] for v in service.versions if environment in v.bases)

    def with_environment(self, environment: Environment, bases: Mapping[str, str]) -> "Catalogue":
        """A catalogue that also has this environment; ``bases`` gives each application's web-service base."""
        applications = []
        for application in self.applications:
            reach = dict(application.reach)
            services = application.services
            if application.id in bases:
                base = bases[application.id]
                reach[environment.id] = Reach(base=base)
                services = tuple(service.reached(environment.id, base) for service in services)
            applications.append(replace(application, reach=MappingProxyType(reach), services=services))
        environments = (environment, *(e for e in self.environments if e.id != environment.id))
        return replace(self, environments=environments, applications=tuple(applications))


def _base(application: Application, version: Version, environment: str) -> str | None:
    """The web-service base of a row in an environment (its id): its own, else its application's, unless it has one
    elsewhere.
    """
    if version.bases:
        return version.bases.get(environment)
    reach = application.reach.get(environment)
    return None if reach is None else reach.base
