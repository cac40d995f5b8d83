"""Reads from data files what is looked at after a submit: the program's own, then a company's, then the user's."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from caiso_desktop.catalogue.counterpart import callable_row
from caiso_desktop.catalogue.reading import read_source
from caiso_desktop.catalogue.rows import layered, read_rows, row_files
from caiso_desktop.catalogue.table import Table
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.follow_up import Chain
from caiso_desktop.model.service import Catalogue, Target

FOLDER = "chain"
"""The folder of such files beside the catalogue's, and beside a company's and a user's own."""

_KEYS = frozenset({"name", "services", "then", "shows", "source"})


def read_chains(folders: Iterable[Path | None]) -> tuple[Chain, ...]:
    """The chains of these folders, in the order of the files; a later folder replaces or drops by id.

    `CatalogueFileError` (with file, line and key) for a file that is wrong: it is refused whole.
    """
    return layered(read_rows(file, "chains", _KEYS, _chain) for file in row_files(folders))


def chain_of(chains: Sequence[Chain], target: Target) -> Chain | None:
    """The chain that follows a submit; one that was read later goes before."""
    name = f"{target.application}/{target.service}"
    return next((each for each in reversed(chains) if name in each.services), None)


def chain_with(chains: Sequence[Chain], target: Target) -> Chain | None:
    """The one chain in which a retrieve is a step; None where it is in none, or in several."""
    name = f"{target.application}/{target.service}"
    found = [each for each in chains if name in each.then]
    return found[0] if len(found) == 1 else None


def next_step(catalogue: Catalogue, chain: Chain, after: Target, environment: str) -> Target | None:
    """The first step of a chain behind a call that the environment has; of the call's own version if there is one."""
    here = f"{after.application}/{after.service}"
    steps = chain.then[chain.then.index(here) + 1 :] if here in chain.then else chain.then
    for step in steps:
        try:
            application = catalogue.application(step.partition("/")[0])
            service = catalogue.service(*step.split("/"))
        except CatalogueError:
            continue
        found = callable_row(catalogue, application, service, environment, after)
        if found is not None:
            return found
    return None


def _chain(table: Table, id: str) -> Chain:
    source = read_source(table)
    if source is None:
        table.refuse("source", "'source' is missing: where does it stand, or who does it so?")
    return Chain(
        id=id,
        name=table.need("name"),
        services=_names(table, "services"),
        then=_names(table, "then"),
        source=source,
        shows=table.text("shows") or "",
    )


def _names(table: Table, key: str) -> tuple[str, ...]:
    names = table.texts(key) or ()
    if not names:
        table.refuse(key, f"'{key}' is missing: it lists services such as \"sibr/RetrieveCleanBidSet\".")
    for name in names:
        if name.count("/") != 1:
            table.refuse(key, f"'{name}' names no service; write application/service.")
    return names
