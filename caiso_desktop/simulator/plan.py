"""What each address of the simulator accepts: operation, SOAPAction and payload roots, worked out from its path.

The rules are those the services of CAISO are seen to follow. Where they are only inferred (services of a dated
version, or of none), an action and a namespace are accepted with and without the date.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Application, Kind, Names, Service, Variant, Version

SOA = "http://www.caiso.com/soa/"
_VERB = re.compile(r"^(Retrieve|Submit|Withdraw|Acknowledge|Broadcast|Receive)(?=[A-Z0-9])")
_SOAP_VARIANTS = (Variant.AP, Variant.DOCATTACH)
_CALLED = (*_SOAP_VARIANTS, Variant.RPC)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is accepted at one address.

    ``actions`` are the SOAPActions, ``request_roots`` and ``answer_root`` payload roots in Clark notation.
    ``numbered`` services (``v4``) answer results as ``StandardOutput``, the older ones as ``outputDataType``.
    ``attachable`` is false for the submits that exist without a DocAttach twin: they take their payload inline.
    """

    path: str
    application: str
    service: str
    version: str
    variant: Variant
    kind: Kind
    operation: str
    actions: frozenset[str]
    request_roots: frozenset[str]
    answer_root: str
    minor_version: str
    numbered: bool
    attachable: bool

    @property
    def noun(self) -> str:
        """The local name of the answer's root."""
        return self.answer_root.rpartition("}")[2]

    def renamed(self, action: str, request_root: str, answer_root: str | None) -> "Plan":
        """The same address with names that also, or instead (the answer's), are CAISO's own."""
        return replace(
            self,
            actions=self.actions | {action},
            request_roots=self.request_roots | {request_root},
            answer_root=answer_root or self.answer_root,
        )

    def called(self, names: Names) -> "Plan":
        """The same address with the names that a file of the catalogue gives it: those alone, as far as they go."""
        return replace(
            self,
            actions=self.actions if names.action is None else frozenset({names.action}),
            request_roots=frozenset({names.request_root}) if names.request_root else self.request_roots,
            answer_root=names.answer_root or self.answer_root,
        )


@dataclass(frozen=True, slots=True)
class _Exception:
    """Roots of a service that departs from the rule."""

    request: str
    answer: str


def read_exceptions(resources: Path) -> Mapping[str, _Exception]:
    """The services whose payload roots are known and depart from the rule, by the service's name."""
    table = tomllib.loads((resources / "simulator" / "roots.toml").read_text(encoding="utf-8"))
    return {name: _Exception(entry["request"], entry["answer"]) for name, entry in table.items()}


def paths_of(catalogue: Catalogue) -> Mapping[str, str]:
    """Of each application with SOAP services or ADS the path of its web services (``/sst/sibr/``): that of Production,
    or of the first environment that has one.
    """
    found: dict[str, str] = {}
    for application in catalogue.applications:
        bases = [r.base for _, r in sorted(application.reach.items(), key=lambda i: i[0] != "production") if r.base]
        if bases and any(set(v.paths) & set(_CALLED) for s in application.services for v in s.versions):
            found[application.id] = urlsplit(bases[0]).path
    return found


def other_paths(catalogue: Catalogue, paths: Mapping[str, str]) -> dict[str, str]:
    """The path here of each address that another environment has elsewhere, such as ADS in MAP Stage (no ``/ADS/``).

    ``paths`` are those of the applications here.
    """
    found: dict[str, str] = {}
    for name, base in paths.items():
        application = catalogue.application(name)
        for service in application.services:
            for version in service.versions:
                bases = (*(reach.base for reach in application.reach.values()), *version.bases.values())
                for elsewhere in {urlsplit(each).path for each in bases if each} - {base}:
                    ends = (version.paths[each] for each in _CALLED if each in version.paths)
                    found |= {elsewhere + end: base + end for end in ends}
    return found


@dataclass(frozen=True, slots=True)
class Address:
    """Whose an address is; ``version`` is empty for services without one."""

    application: str
    service: str
    version: str
    variant: Variant

    def __str__(self) -> str:
        return " ".join(filter(None, (f"{self.application}/{self.service}", self.version, self.variant.value)))

    def lies_in(self, name: str) -> bool:
        """Whether ``application``, ``application/service`` or ``application/service/version`` names it."""
        mine = (self.application.lower(), self.service.lower(), self.version.lower())
        asked = tuple(name.lower().split("/"))
        return asked == mine[: len(asked)]


def addresses_of(catalogue: Catalogue, paths: Mapping[str, str]) -> dict[str, Address]:
    """Whose every address is, by its path; ``paths`` are those of the applications."""
    return {
        base + version.paths[variant]: Address(name, service.name, version.version, variant)
        for name, base in paths.items()
        for service in catalogue.application(name).services
        for version in service.versions
        for variant in _CALLED
        if variant in version.paths and (version.callable or variant is Variant.RPC)
    }


def make_plans(catalogue: Catalogue, exceptions: Mapping[str, _Exception]) -> dict[str, Plan]:
    """The plan of every address, by its path."""
    plans: dict[str, Plan] = {}
    for name, base in paths_of(catalogue).items():
        application = catalogue.application(name)
        for service in application.services:
            for version in service.versions:
                for variant in _SOAP_VARIANTS:
                    if version.callable and variant in version.paths:
                        path = base + version.paths[variant]
                        plans[path] = _plan(path, application, service, version, variant, exceptions.get(service.name))
    return plans


def _plan(
    path: str,
    application: Application,
    service: Service,
    version: Version,
    variant: Variant,
    exception: _Exception | None,
) -> Plan:
    digits = re.fullmatch(r"v(\d{4})(\d\d)(\d\d)", version.version)
    numbered = bool(re.fullmatch(r"v\d{1,3}", version.version))
    suffix = f"_{version.version}" if version.version else ""
    folder = "-".join(digits.groups()) + "/" if digits else ""
    operation = service.name[0].lower() + service.name[1:] + suffix
    if variant is Variant.DOCATTACH:
        operation += "_DocAttach"
    noun = _VERB.sub("", service.name)
    if noun[0].isdigit():
        noun = f"_{noun}"  # no XML name begins with a digit
    asked = exception.request if exception else f"Request{noun}" if service.kind is Kind.RETRIEVE else noun
    answered = exception.answer if exception else noun
    folders = {folder} if numbered else {folder, ""}
    endings = {f"{suffix}.xsd#"} if numbered else {f"{suffix}.xsd#", f"{suffix}.xsd", ".xsd#", ".xsd"}
    plan = Plan(
        path=path,
        application=application.id,
        service=service.name,
        version=version.version,
        variant=variant,
        kind=service.kind,
        operation=operation,
        actions=frozenset(f"{SOA}{f}{operation}" for f in folders),
        request_roots=frozenset(f"{{{SOA}{f}{asked}{e}}}{asked}" for f in folders for e in endings),
        answer_root=f"{{{SOA}{folder}{answered}{suffix}.xsd#}}{answered}",
        minor_version=version.minor_version or "v20171001",
        numbered=numbered,
        attachable=Variant.DOCATTACH in version.paths,
    )
    names = version.names.get(variant)
    return plan if names is None else plan.called(names)
