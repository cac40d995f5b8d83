"""What CAISO offers, as plain data: environments, applications, services, versions, addresses.

The catalogue room reads these from TOML; the other rooms only look things up. Names are those of
*Systems Access Information for Market Participants* 10.1.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit

from caiso_desktop.model.calendar import Calendar
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.guide import Guide, Reference
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


class Packaging(StrEnum):
    """How a submit's MIME part travels: SOAP with Attachments, or MTOM; both are in use, both are accepted."""

    SWA = "swa"
    MTOM = "mtom"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact stands: a document and its date; ``proven`` is false for later public sources nobody tried."""

    document: str
    date: datetime.date | None = None
    proven: bool = True

    def __str__(self) -> str:
        return self.document if self.date is None else f"{self.document}, {self.date.isoformat()}"


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
class Retirement:
    """Why something is thought to be gone: since when (None where nobody says), by which source, what follows it."""

    source: Source
    since: datetime.date | None = None
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Environment:
    """One place where CAISO runs its systems (or the simulator). ``id`` is also its colour's name in the palette.

    ``guarded`` environments move real money: submits are refused until the guard has let them through.
    ``access`` says how one gets there (ECN's own network), ``availability`` in words what ``calendar`` holds as times.
    ``packaging`` is that of its services' MIME parts where neither they nor their application say another.
    """

    id: str
    name: str
    purpose: str
    guarded: bool
    signature_hash: Hash = Hash.SHA1
    trust: Trust = field(default_factory=Trust)
    access: str = ""
    availability: str = ""
    calendar: Calendar = field(default_factory=Calendar)
    references: tuple[Reference, ...] = ()
    source: Source | None = None
    retired: Retirement | None = None
    packaging: Packaging | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """A user-interface address and its role: ``portal``, ``installer``, ``manual`` or ``server``.

    ``ips`` are this host's own where the document tells them apart (the gateways), else empty: see `Reach`.
    """

    url: str
    role: str
    ips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherBase:
    """Another web-service address that a later source names for the same services."""

    url: str
    source: Source
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """How one application is reached in one environment. ``base`` is the web-service address before the path.

    ``secondary`` are addresses that firewalls need and nobody calls. ``source`` says where the base stands.
    """

    base: str | None = None
    addresses: tuple[Address, ...] = ()
    secondary: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    other_bases: tuple[OtherBase, ...] = ()
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a remote procedure; ``type`` is the local name of its XSD type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """One operation of an RPC service (ADS). ``result`` is its type, ``encoding`` how that travels:
    ``plain``, ``escaped xml`` or ``base64+gzip``. ``codes`` names the list of `Failure.codes` of a number it gives.
    """

    name: str
    kind: Kind
    parameters: tuple[Parameter, ...]
    result: str
    encoding: str
    note: str = ""
    codes: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """How a row is called, as a file of the catalogue says it: each part stands over CAISO's WSDL and over the rule.

    Empty parts (``action`` None, for an empty one is sent so) say nothing. ``request_root`` and ``answer_root`` are in
    Clark notation (``{namespace}local``); ``namespace`` is that of a remote procedure's element.
    """

    operation: str = ""
    action: str | None = None
    request_root: str = ""
    answer_root: str = ""
    namespace: str = ""

    def __str__(self) -> str:
        parts = (self.operation, self.action, self.request_root, self.answer_root, self.namespace)
        return " ".join(filter(None, parts)) or "an empty SOAPAction"


@dataclass(frozen=True, slots=True)
class Version:
    """One versioned row of a service. ``version`` is ``v4``, ``v20090801``, ``1`` (OASIS, where it is a query
    parameter) or empty where print has none.

    ``paths`` maps each variant to the path after the application's base. Two rows may share version and paths and
    differ in ``minor_version`` and ``template`` (Master File). ``bases`` gives, by environment id, a base of its own:
    a row that has any exists in those environments only. ``active_from`` and ``retired`` go by environment id.
    ``names`` say how it is called where a file knows better than CAISO's WSDL and the rule.
    """

    version: str
    release: str
    paths: Mapping[Variant, str]
    source: Source
    callable: bool = True
    minor_version: str | None = None
    note: str = ""
    template: str | None = None
    procedures: tuple[Procedure, ...] = ()
    bases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    active_from: Mapping[str, datetime.date] = field(default_factory=lambda: MappingProxyType({}))
    retired: Mapping[str, Retirement] = field(default_factory=lambda: MappingProxyType({}))
    names: Mapping[Variant, Names] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Service:
    """One web service; ``versions`` newest first.

    ``kind`` is the gravest of its procedures' where it has any. ``printed_name`` is the document's spelling where
    ours departs from it: `Catalogue.service` finds the service under both, with the paths spelt accordingly.
    """

    name: str
    kind: Kind
    versions: tuple[Version, ...]
    note: str = ""
    printed_name: str | None = None
    packaging: Packaging | None = None

    @property
    def newest(self) -> Version | None:
        """The version to offer first: the newest that is released and proven, else the newest released."""
        released = [version for version in self.versions if version.callable]
        return next((version for version in released if version.source.proven), released[0] if released else None)

    def reached(self, environment: str, base: str) -> "Service":
        """The service with this base also for those rows that have bases of their own."""
        if not any(version.bases for version in self.versions):
            return self
        versions = tuple(
            replace(version, bases=MappingProxyType({**version.bases, environment: base})) if version.bases else version
            for version in self.versions
        )
        return replace(self, versions=versions)

    def as_printed(self) -> "Service":
        """The service under the document's own spelling."""
        if self.printed_name is None:
            return self
        versions = []
        for version in self.versions:
            paths = {v: path.replace(self.name, self.printed_name, 1) for v, path in version.paths.items()}
            versions.append(replace(version, paths=MappingProxyType(paths)))
        return replace(self, name=self.printed_name, versions=tuple(versions), printed_name=None)


@dataclass(frozen=True, slots=True)
class Application:
    """One application; ``reach`` by environment id, only for those environments that have it.

    ``aliases`` are other and retired names that people still type. ``limits`` says what it is not for.
    ``public`` services want no certificate and may be called over http (OASIS). ``suffix`` is what its paths bear
    between the service's name and version (``RetrieveMeterData_STLMTv1_AP``). ``retired`` goes by environment id.
    """

    id: str
    acronym: str
    name: str
    purpose: str
    aliases: tuple[str, ...]
    references: tuple[Reference, ...]
    reach: Mapping[str, Reach]
    services: tuple[Service, ...]
    limits: str = ""
    public: bool = False
    source: Source | None = None
    suffix: str = ""
    retired: Mapping[str, Retirement] = field(default_factory=lambda: MappingProxyType({}))
    packaging: Packaging | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One row of the catalogue, chosen: what a call is sent to. All ids are the catalogue's.

    ``minor_version`` chooses between rows with one address (Master File v4); None takes the newest. ``procedure`` is
    the one of an RPC service (ADS); empty takes the first.
    """

    application: str
    service: str
    version: str
    variant: Variant
    minor_version: str | None = None
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a company allows on its machines; ``second_person`` wants one's approval for each submit to Production."""

    production_submits: bool = True
    user_overlays: bool = True
    second_person: bool = False


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
        found = {}
        for environment in self.environments:
            base = version.bases.get(environment.id)
            if base is None and not version.bases:
                reach = application.reach.get(environment.id)
                base = None if reach is None else reach.base
            if base is not None:
                found[environment.id] = base
        return found

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
        bases = self.bases(application, version)
        base = bases.get(environment)
        if base is None:
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
