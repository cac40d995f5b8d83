"""The retrieve that has a submit's name, by the words of both: where to look after a submit that no chain names."""

import re

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.follow_up import BATCH_STATUS
from caiso_desktop.model.service import Application, Kind, Service, Target, Variant, Version

_WORD = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z]|\b|\d)|[A-Z]?[a-z]+|\d+")
# What is called otherwise once the market has worked on it.
_SAME = (frozenset({"raw", "clean", "final"}), frozenset({"action", "results"}), frozenset({"cb", "cbc"}))
_VERBS = frozenset({"submit", "retrieve", "withdraw", "acknowledge"})


def namesake(catalogue: Catalogue, target: Target, environment: str) -> Target | None:
    """The retrieve of the same application that is named as a submit is; None where none is like it.

    Batches that are checked later (DRRS, MRI-S) show in the status of their validation, unless another retrieve has
    the submit's own name.
    """
    try:
        application, service, _ = catalogue.row(target)
    except CatalogueError:
        return None
    if target.procedure:
        return None  # a service of procedures has no words of its own
    wanted = _words(service.name)
    ranked = sorted(
        (
            (_likeness(wanted, _words(other.name)), other.name, other, version)
            for other in application.services
            if other.kind is Kind.RETRIEVE and (version := _row(catalogue, application, other, environment, target))
        ),
        key=lambda each: (-each[0], each[1]),
    )
    if not ranked or ranked[0][0] <= 0:
        return _batch_status(catalogue, application, environment, target)
    _, _, found, version = ranked[0]
    return _target(application, found, version, target.variant)


def callable_row(
    catalogue: Catalogue, application: Application, service: Service, environment: str, like: Target
) -> Target | None:
    """The row of a service to call in an environment, of another call's version and variant if there are such."""
    version = _row(catalogue, application, service, environment, like)
    return _target(application, service, version, like.variant) if version else None


def batch_status(catalogue: Catalogue, target: Target, environment: str) -> Target | None:
    """The retrieve that tells how far the check of a batch is that a submit of this application opened."""
    return _batch_status(catalogue, catalogue.application(target.application), environment, target)


def _words(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(name)) - _VERBS


def _likeness(wanted: frozenset[str], other: frozenset[str]) -> float:
    """How much of two names is the same: 1 all of it, 0 nothing."""
    common = {word for word in wanted if any(_alike(word, each) for each in other)}
    return len(common) / max(len(wanted), len(other)) if len(common) * 2 >= len(wanted) else 0.0


def _alike(one: str, other: str) -> bool:
    return one.rstrip("s") == other.rstrip("s") or any({one, other} <= group for group in _SAME)


def _batch_status(catalogue: Catalogue, application: Application, environment: str, target: Target) -> Target | None:
    for service in application.services:
        if service.name == BATCH_STATUS:
            version = _row(catalogue, application, service, environment, target)
            return _target(application, service, version, target.variant) if version else None
    return None


def _row(
    catalogue: Catalogue, application: Application, service: Service, environment: str, target: Target
) -> Version | None:
    """The row of a service to call in an environment: of the submit's own version if there is one, else the newest."""
    rows = [v for v in service.versions if v.callable and environment in catalogue.bases(application, v)]
    return next((v for v in rows if v.version == target.version), rows[0] if rows else None)


def _target(application: Application, service: Service, version: Version, variant: Variant) -> Target:
    chosen = variant if variant in version.paths else next(iter(version.paths))
    return Target(application.id, service.name, version.version, chosen, version.minor_version)
