"""Reads from data files what is looked at after a submit: the program's own, then a company's, then the user's."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from caiso_desktop.catalogue.namesake import callable_row, namesake
from caiso_desktop.catalogue.reading import read_source
from caiso_desktop.catalogue.rows import layered, read_rows, row_files
from caiso_desktop.catalogue.table import Table
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.follow_up import BATCH_STATUS, Chain
from caiso_desktop.model.service import Kind, Target

FOLDER = "chain"
"""The folder of such files beside the catalogue's, and beside a company's and a user's own."""

_KEYS = frozenset({"name", "services", "then", "none", "shows", "source"})


def read_chains(folders: Iterable[Path | None]) -> tuple[Chain, ...]:
    """The chains of these folders, in the order of the files; a later folder replaces or drops by id.

    `CatalogueFileError` (with file, line and key) for a file that is wrong: it is refused whole.
    """
    return layered(read_rows(file, "chains", _KEYS, _chain) for file in row_files(folders))


def chain_of(chains: Sequence[Chain], target: Target) -> Chain | None:
    """The chain that follows a submit; one that was read later goes before."""
    names = _names_of(target)
    return next((each for each in reversed(chains) if names.intersection(each.services)), None)


def chain_with(catalogue: Catalogue, chains: Sequence[Chain], target: Target) -> Chain | None:
    """The one chain of something handed in, in which a retrieve is a step; None where it is in none, or in several."""
    names = _names_of(target)
    found = [each for each in chains if names.intersection(each.then) and _hands_in(catalogue, each)]
    return found[0] if len(found) == 1 else None


def next_step(catalogue: Catalogue, chain: Chain, after: Target, environment: str) -> Target | None:
    """The first step of a chain behind a call that the environment has; of the call's own version if there is one."""
    here = [number for number, step in enumerate(chain.then) if step in _names_of(after)]
    return _first(catalogue, chain.then[here[0] + 1 :] if here else chain.then, after, environment)


def counterpart(catalogue: Catalogue, chains: Sequence[Chain], target: Target, environment: str) -> Target | None:
    """The retrieve that shows what became of a submit of which no answer came; None where none does.

    It is the first step of its chain for which no batch need be known, which only the answer would have named; where
    no chain names the submit, the retrieve of the same name. A retrieve is its own.
    """
    try:
        if catalogue.kind(target) is Kind.RETRIEVE:
            return target
    except CatalogueError:
        return None
    chain = chain_of(chains, target)
    if chain is None:
        return namesake(catalogue, target, environment)
    return _first(catalogue, [s for s in chain.then if s.split("/")[1] != BATCH_STATUS], target, environment)


def _first(catalogue: Catalogue, steps: Iterable[str], like: Target, environment: str) -> Target | None:
    for step in steps:
        name, service, *procedure = step.split("/")
        try:
            row = callable_row(
                catalogue, catalogue.application(name), catalogue.service(name, service), environment, like
            )
            if row is not None and procedure:
                row = replace(row, procedure=procedure[0])
                catalogue.procedure(row)  # of an older version it may be missing
        except CatalogueError:
            continue
        if row is not None:
            return row
    return None


def _names_of(target: Target) -> frozenset[str]:
    """The names by which a chain can call a target."""
    name = f"{target.application}/{target.service}"
    return frozenset({name, f"{name}/{target.procedure}"})


def _hands_in(catalogue: Catalogue, chain: Chain) -> bool:
    """Whether any service of a chain hands in something, and does not only act on what was handed in before."""
    with suppress(CatalogueError):
        return any(catalogue.service(*name.split("/")[:2]).kind is Kind.SUBMIT for name in chain.services)
    return False


def _chain(table: Table, id: str) -> Chain:
    source = read_source(table)
    if source is None:
        table.refuse("source", "'source' is missing: where does it stand, or who does it so?")
    none = table.text("none") or ""
    if none and "then" in table:
        table.refuse("none", "'none' says why nothing follows, but 'then' says what does.")
    return Chain(
        id=id,
        name=table.need("name"),
        services=_names(table, "services"),
        then=() if none else _names(table, "then"),
        source=source,
        shows=table.text("shows") or "",
        none=none,
    )


def _names(table: Table, key: str) -> tuple[str, ...]:
    names = table.texts(key) or ()
    if not names:
        table.refuse(key, f"'{key}' is missing: it lists services such as \"sibr/RetrieveCleanBidSet\".")
    for name in names:
        if name.count("/") not in (1, 2):
            table.refuse(key, f"'{name}' names no service; write application/service.")
    return names
