"""Brings packages and the catalogue together: which operation a row is about, which rows an operation is about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from caiso_desktop.contract.package.name import Key, key_of, keys_of, says_otherwise
from caiso_desktop.contract.rule import operation_by_rule
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.package import SOAP_VARIANTS, Contracts, Declared, Described, Matched, Package, Stock, Style
from caiso_desktop.model.service import Application, Service, Target, Variant, Version


class Matching:
    """The packages of one moment, the one that counts first, made to be asked about rows of a catalogue."""

    def __init__(self, packages: Sequence[Package], catalogue: Catalogue) -> None:
        self._packages = packages
        self._catalogue = catalogue
        self._by_hand: dict[Target, Described] = {}
        self._by_key: dict[Key, list[Described]] = {}
        self._procedures: dict[str, list[Described]] = {}
        self._package: dict[int, Package] = {}
        for package in packages:
            for described in package.contents.operations:
                self._package[id(described)] = package
                target = package.by_hand.get(described.name)
                if target is not None:
                    self._by_hand.setdefault(_plain(target), described)
                    continue
                if described.style is Style.RPC:
                    self._procedures.setdefault(described.name, []).append(described)
                    continue
                for key in keys_of(described):
                    self._by_key.setdefault(key, []).append(described)

    def now(self) -> Contracts:
        """Itself: its moment does not pass."""
        return self

    def described(self, target: Target) -> Described | None:
        """The operation of a row, by hand or by name and version; None where no package has it."""
        found = self._by_hand.get(_plain(target))
        if found is not None:
            return found
        try:
            _, service, version = self._catalogue.row(target)
        except CatalogueError:
            return None
        return next(self._by_name(target, service, version), None)

    def declared(self, target: Target, root: str) -> Declared | None:
        """Where a document of a row has its schema: where its operation says, else any XSD that declares its root."""
        operation = self.described(target)
        if operation is not None:
            for own, file in (
                (operation.request_root, operation.request_file),
                (operation.answer_root, operation.answer_file),
            ):
                if own == root and file:
                    return Declared(self._package[id(operation)], file, root)
        # What an operation wraps as an attachment lies beside its WSDL.
        first = [self._package[id(operation)]] if operation is not None else []
        for package in (*first, *self._packages):
            if root in package.contents.roots:
                return Declared(package, package.contents.roots[root], root)
        return None

    def _by_name(self, target: Target, service: Service, version: Version) -> Iterator[Described]:
        path = version.paths.get(target.variant, "")
        if target.variant is Variant.RPC:
            for each in self._procedures.get(target.procedure, ()):
                if any(_calling(each, [(target, version)])):
                    yield each
        if target.variant in SOAP_VARIANTS:
            key = key_of(operation_by_rule(service, version, target.variant).name)
            named = list(self._by_key.get(key, ()))
            # Of two of the same name (batch status of DRRS and of MRI-S) the one whose address is the row's.
            named.sort(key=lambda each: not each.address.casefold().rstrip("/").endswith(path.casefold() or "\0"))
            yield from (each for each in named if not says_otherwise(each.address, path))


def stock_of(package: Package, catalogue: Catalogue) -> Stock:
    """A package compared with the catalogue."""
    alone = Matching([package], catalogue)
    found: dict[int, list[Target]] = {}
    procedures: dict[str, list[tuple[Target, Version]]] = {}
    documents: list[Target] = []
    for _, service, version, target in rows(catalogue):
        if target.variant is Variant.RPC:
            for procedure in version.procedures:
                procedures.setdefault(procedure.name, []).append((target, version))
            continue
        operation = alone.described(target)
        if operation is not None:
            found.setdefault(id(operation), []).append(target)
        elif target.variant in SOAP_VARIANTS and _request_of(service, version, target) in package.contents.roots:
            documents.append(target)
    matched, new = [], []
    for described in package.contents.operations:
        targets = tuple(dict.fromkeys(found.get(id(described), ())))
        if described.name in package.by_hand:
            targets = (package.by_hand[described.name],)
        elif described.style is Style.RPC:
            targets = tuple(_calling(described, procedures.get(described.name, ())))
        if targets:
            matched.append(Matched(described, targets, described.name in package.by_hand))
        else:
            new.append(described)
    return Stock(package, tuple(matched), tuple(new), tuple(documents))


def rows(catalogue: Catalogue) -> Iterator[tuple[Application, Service, Version, Target]]:
    """Every row with each of its variants; rows with one address (Master File) count once."""
    seen: set[Target] = set()
    for application in catalogue.applications:
        for service in application.services:
            for version in service.versions:
                for variant in version.paths:
                    target = Target(application.id, service.name, version.version, variant)
                    if target not in seen:
                        seen.add(target)
                        yield application, service, version, target


def known_targets(catalogue: Catalogue, by_hand: Mapping[str, Target]) -> dict[str, Target]:
    """Those matches by hand whose row is still in the catalogue."""
    known = {}
    for name, target in by_hand.items():
        try:
            catalogue.row(target)
        except CatalogueError:
            continue
        known[name] = target
    return known


def _calling(described: Described, candidates: Iterable[tuple[Target, Version]]) -> Iterator[Target]:
    """The rows of a procedure, of the version that its namespace or address ends with where one says so."""
    for target, version in candidates:
        ends = {each.rstrip("/").rpartition("/")[2].casefold() for each in (described.namespace, described.address)}
        versions = {each for each in ends if each[:1] == "v" and each[1:].isdigit()}
        if not versions or version.version.casefold() in versions:
            yield replace(target, procedure=described.name)


def _request_of(service: Service, version: Version, target: Target) -> str:
    return operation_by_rule(service, version, target.variant).request_root


def _plain(target: Target) -> Target:
    return replace(target, minor_version=None) if target.minor_version else target
