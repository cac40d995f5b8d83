"""What CAISO offers, as plain data: environments, applications, services, versions, addresses.

The catalogue room reads these from TOML, and `caiso_desktop.model.catalogue` looks them up. Names are those of
*Systems Access Information for Market Participants* 10.1.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from caiso_desktop.model.calendar import Calendar
from caiso_desktop.model.guide import Reference
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
