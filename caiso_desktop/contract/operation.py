"""The operation of a row: as a file of the catalogue says it, as a package's WSDL describes it, else by rule.

And where its documents have their schema.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from caiso_desktop.contract.package.name import is_wrapper
from caiso_desktop.contract.rule import operation_by_rule, procedure_by_rule
from caiso_desktop.model.call import Basis, Operation
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.package import Contracts, Described, NoContracts
from caiso_desktop.model.provenance import Ground, Provenance
from caiso_desktop.model.schema import KnownDocument, SchemaPlace
from caiso_desktop.model.service import Names, Service, Target, Variant, Version

REMEMBERED = 512
"""Of how many rows the operation is remembered: more than the catalogue has."""


class Operations:
    """Tells the operation of each row of a catalogue; safe for threads.

    What was told of a row is remembered for as long as the packages say what they say.
    """

    def __init__(self, catalogue: Catalogue, contracts: Contracts | None = None) -> None:
        self._catalogue = catalogue
        self._contracts = contracts or NoContracts()
        self._told: _Told | None = None

    def operation(self, target: Target) -> Operation:
        """The operation; `CatalogueError` where there is no such row, `UsageError` where it is not a SOAP service."""
        contracts, told = self._contracts.now(), self._told
        if told is None or told.contracts is not contracts:
            self._told = told = _Told(self._catalogue, contracts)
        return told.operation(target)


class _Told:
    """The operations of a catalogue's rows while the packages are what they are."""

    def __init__(self, catalogue: Catalogue, contracts: Contracts) -> None:
        self.contracts = contracts
        self._catalogue = catalogue
        self.operation = lru_cache(maxsize=REMEMBERED)(self._operation)

    def _operation(self, target: Target) -> Operation:
        _, service, version = self._catalogue.row(target)
        told = self._described(target, service, version)
        names = version.names.get(target.variant)
        return told if names is None else _named(told, names)

    def _described(self, target: Target, service: Service, version: Version) -> Operation:
        """What the WSDL says, else the rule."""
        procedure = self._catalogue.procedure(target)
        if procedure is not None:
            described = self.contracts.described(replace(target, procedure=procedure.name))
            return _called(procedure_by_rule(service, version, procedure), described)
        ruled = operation_by_rule(service, version, target.variant)
        described = self.contracts.described(target)
        if described is not None:
            return self._by_wsdl(target, ruled, described)
        sibling = self._sibling_root(target)
        return replace(ruled, request_root=sibling) if sibling else ruled

    def _by_wsdl(self, target: Target, ruled: Operation, described: Described) -> Operation:
        """What the WSDL says, and the rule's where a root only wraps an attachment."""
        request = described.request_root
        if not request or is_wrapper(request):
            request = self._sibling_root(target) or ruled.request_root
        answer = described.answer_root
        if not answer or is_wrapper(answer):
            answer = ruled.answer_root
        return replace(
            ruled,
            name=described.name,
            soap_action=described.action,
            request_root=request,
            answer_root=answer,
            basis=Basis.WSDL,
        )

    def _sibling_root(self, target: Target) -> str:
        """What the other variant is asked with, which a WSDL may describe alone: it is the same."""
        other = {Variant.AP: Variant.DOCATTACH, Variant.DOCATTACH: Variant.AP}[target.variant]
        described = self.contracts.described(replace(target, variant=other))
        root = described.request_root if described is not None else ""
        return "" if is_wrapper(root) else root


def _named(told: Operation, names: Names) -> Operation:
    """What a file of the catalogue says, over what is known otherwise."""
    request, answer = names.request_root or told.request_root, names.answer_root or told.answer_root
    if names.namespace:
        request, answer = (f"{{{names.namespace}}}{root.rpartition('}')[2]}" for root in (request, answer))
    return replace(
        told,
        name=names.operation or told.name,
        soap_action=told.soap_action if names.action is None else names.action,
        request_root=request,
        answer_root=answer,
        basis=Basis.OVERLAY,
    )


def _called(ruled: Operation, described: Described | None) -> Operation:
    """A remote procedure as the WSDL describes it: RPC wraps the answer in the procedure's name and ``Response``."""
    space, _, name = described.request_root.rpartition("}") if described is not None else ("", "", "")
    if described is None or name != ruled.name:
        return ruled
    return replace(
        ruled,
        soap_action=described.action,
        request_root=described.request_root,
        answer_root=f"{space}}}{name}Response",
        basis=Basis.WSDL,
    )


class ImportedSchemas:
    """The port `caiso_desktop.model.schema.Schemas` for what was imported."""

    def __init__(self, operations: Operations, contracts: Contracts) -> None:
        self._operations = operations
        self._contracts = contracts

    def place(self, target: Target, environment: str) -> SchemaPlace | None:
        """Where the schema of what is sent to a target lies; None where no package has it."""
        if target.variant not in (Variant.AP, Variant.DOCATTACH):
            return None
        return self._place(target, self._operations.operation(target).request_root)

    def documents(self, target: Target, environment: str) -> Sequence[KnownDocument]:
        """What is sent, and what is answered, as far as packages have their schemas."""
        if target.variant not in (Variant.AP, Variant.DOCATTACH):
            return ()
        operation = self._operations.operation(target)
        found = (("request", operation.request_root), ("answer", operation.answer_root))
        places = ((role, self._place(target, root)) for role, root in found)
        return [KnownDocument(role, place) for role, place in places if place is not None]

    def _place(self, target: Target, root: str) -> SchemaPlace | None:
        found = self._contracts.declared(target, root)
        if found is None:
            return None
        package = found.package
        source = f"{package.name}, imported {package.imported:%Y-%m-%d}"
        return SchemaPlace(package.folder, found.file, root, Provenance(Ground.IMPORTED, source))
