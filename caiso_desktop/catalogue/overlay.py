"""Lays a company's and a user's files over the program's own catalogue.

A bad file is refused whole and the rest is kept. A file that changes where a certificate of a CAISO environment would
be shown, whom to trust, how to sign, or what counts as a submit, waits until its changes have been agreed to once.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from caiso_desktop.catalogue.merge import merge
from caiso_desktop.catalogue.patch import read_patch
from caiso_desktop.catalogue.patch_names import names_by_path
from caiso_desktop.catalogue.table import Sheet
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueFileError
from caiso_desktop.model.overlay import Change, Layered, Overlay
from caiso_desktop.model.policy import Policy
from caiso_desktop.model.service import Environment, Kind, Names, Source

POLICY = "policy.toml"

_POLICY_KEYS = frozenset({"production_submits", "user_overlays", "second_person"})
_GRAVITY = (Kind.RETRIEVE, Kind.SUBMIT, Kind.STATE_CHANGING)


def lay_over(
    printed: Catalogue, company: Path | None, user: Path | None, agreed: Collection[str] = frozenset()
) -> Layered:
    """Lay the overlays of both folders (they need not exist) over the printed catalogue, the company's first.

    ``agreed`` holds the fingerprints a person has said yes to. Never raises for what a file says.
    """
    layers = _Layers(printed, agreed)
    policy = layers.policy(company)
    layers.add("company", company)
    barred = () if policy.user_overlays else tuple(_files(user))
    if policy.user_overlays:
        layers.add("user", user)
    return Layered(
        layers.catalogue, policy, tuple(layers.applied), tuple(layers.pending), barred, tuple(layers.refused)
    )


def sensitive_changes(printed: Catalogue, before: Catalogue, after: Catalogue) -> tuple[Change, ...]:
    """What a person must agree to; ``printed`` tells which environments are CAISO's."""
    found: list[Change] = []
    for environment in printed.environments:
        was, will = before.environment(environment.id), after.environment(environment.id)
        found += _changes_of_environment(was, will)
        found += _changes_of_hosts(environment.id, before, after)
    return (*found, *_unguarded(printed, after), *_changes_of_kind(before, after), *_changes_of_names(before, after))


class _Layers:
    def __init__(self, printed: Catalogue, agreed: Collection[str]) -> None:
        self._printed = printed
        self._agreed = agreed
        self.catalogue = printed
        self.applied: list[Overlay] = []
        self.pending: list[Overlay] = []
        self.refused: list[CatalogueFileError] = []

    def policy(self, folder: Path | None) -> Policy:
        if folder is None or not (folder / POLICY).exists():
            return Policy()
        try:
            return _read_policy(Sheet(folder / POLICY))
        except CatalogueFileError as error:
            # What the company meant to forbid cannot be read, so everything it could forbid is.
            self.refused.append(error)
            return Policy(production_submits=False, user_overlays=False)

    def add(self, owner: str, folder: Path | None) -> None:
        for file in _files(folder):
            try:
                patch = read_patch(Sheet(file), Source(f"{owner} file {file.name}"))
                after = merge(self.catalogue, patch)
            except CatalogueFileError as error:
                self.refused.append(error)
                continue
            overlay = Overlay(file, owner, sensitive_changes(self._printed, self.catalogue, after))
            if overlay.changes and overlay.fingerprint not in self._agreed:
                self.pending.append(overlay)
                continue
            self.applied.append(overlay)
            self.catalogue = after


def _files(folder: Path | None) -> list[Path]:
    if folder is None or not folder.is_dir():
        return []
    return sorted(file for file in folder.glob("*.toml") if file.name != POLICY)


def _read_policy(sheet: Sheet) -> Policy:
    sheet.root.only(frozenset({"format", "policy"}))
    table = sheet.root.table("policy")
    if table is None:
        sheet.refuse(("policy",), "'policy' is missing.")
    table.only(_POLICY_KEYS)
    policy = Policy()
    for key in _POLICY_KEYS:
        value = table.flag(key)
        if value is not None:
            policy = replace(policy, **{key: value})
    return policy


def _changes_of_environment(was: Environment, will: Environment) -> Iterator[Change]:
    if was.trust != will.trust:
        yield Change(was.id, "authorities trusted", _authorities(was), _authorities(will))
    if was.signature_hash != will.signature_hash:
        yield Change(was.id, "hash of signatures", was.signature_hash, will.signature_hash)
    if was.guarded and not will.guarded:
        yield Change(was.id, "guard before submits", "on", "off")


def _unguarded(printed: Catalogue, after: Catalogue) -> Iterator[Change]:
    """An environment of somebody's own that leads to hosts of a guarded one, without its guard."""
    caiso = {environment.id for environment in printed.environments}
    guarded = {host for each in printed.environments if each.guarded for host in printed.hosts(each.id)}
    for environment in after.environments:
        if environment.id not in caiso and not environment.guarded:
            for host, port in sorted(after.hosts(environment.id) & guarded):
                yield Change(environment.id, f"guard before submits to {host}:{port}", "on", "off")


def _authorities(environment: Environment) -> str:
    pems = environment.trust.authorities
    if not pems:
        return "those of the operating system"
    import hashlib  # imported late: the window's first paint does not need it

    return ", ".join(hashlib.sha256(pem).hexdigest()[:16] for pem in pems)


def _changes_of_hosts(environment: str, before: Catalogue, after: Catalogue) -> Iterator[Change]:
    was, will = _addresses(environment, before), _addresses(environment, after)
    known = {_server(url) for url in was.values()}
    for what, url in will.items():
        old = was.get(what, "")
        moved = old and _server(old) != _server(url)
        if moved or (not old and _server(url) not in known):
            yield Change(environment, what, old, url)


def _server(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _addresses(environment: str, catalogue: Catalogue) -> dict[str, str]:
    """Every address of an environment, by what it is the address of."""
    found = {}
    for application in catalogue.applications:
        reach = application.reach.get(environment)
        if reach is not None:
            if reach.base is not None:
                found[f"web services of {application.acronym}"] = reach.base
            for position, other in enumerate(reach.other_bases):
                found[f"other address {position + 1} of {application.acronym}"] = other.url
            for position, address in enumerate(reach.addresses):
                found[f"{address.role} {position + 1} of {application.acronym}"] = address.url
        for service in application.services:
            for version in service.versions:
                if environment in version.bases:
                    name = f"{application.acronym} {service.name} {version.version} {version.minor_version or ''}"
                    found[name.rstrip()] = version.bases[environment]
    return found


def _changes_of_kind(before: Catalogue, after: Catalogue) -> Iterator[Change]:
    """What would no longer be guarded as it was: the same path under a lighter kind, whatever its service is called."""
    was, will = _kinds(before), _kinds(after)
    for path, kind in will.items():
        if path in was and _GRAVITY.index(kind) < _GRAVITY.index(was[path]):
            yield Change("", f"what {path} does", was[path], kind)


def _changes_of_names(before: Catalogue, after: Catalogue) -> Iterator[Change]:
    """What would be called by other names at a path that is known: another name may do another thing."""
    was, will = names_by_path(before), names_by_path(after)
    for path, names in will.items():
        if path in was and names != was[path]:
            yield Change("", f"how {path} is called", _listed(was[path]), _listed(names))


def _listed(names: Collection[Names]) -> str:
    return ", ".join(sorted(map(str, names))) or "as CAISO's WSDL or rule has it"


def _kinds(catalogue: Catalogue) -> dict[str, Kind]:
    """The lightest kind under which each path, and each procedure of it, can be called."""
    found: dict[str, Kind] = {}
    for application in catalogue.applications:
        for service in application.services:
            for version in service.versions:
                for path in version.paths.values():
                    pairs = [(path, service.kind)]
                    pairs += [(f"{path} {procedure.name}", procedure.kind) for procedure in version.procedures]
                    for name, kind in pairs:
                        found[name] = min(found.get(name, kind), kind, key=_GRAVITY.index)
    return found
