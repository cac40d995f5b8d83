"""Lays what a file says over what is known: adds what is new, changes what it names, and leaves the rest.

A file is taken whole or refused whole: nothing of it is kept when one of its lines is wrong.
"""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from caiso_desktop.catalogue.locate import Place
from caiso_desktop.catalogue.merge_service import freeze, merge_service, retirements
from caiso_desktop.catalogue.patch import ApplicationPatch, Patch, ReachPatch
from caiso_desktop.catalogue.patch_environment import EnvironmentPatch
from caiso_desktop.catalogue.patch_service import Gone
from caiso_desktop.model.calendar import Calendar
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.guide import Guide
from caiso_desktop.model.service import Application, Environment, Reach, Retirement, Source

# What a calendar's `known_from` speaks of.
_HOURS = frozenset({"maintenance", "support", "always_supported"})


def merge(catalogue: Catalogue, patch: Patch) -> Catalogue:
    """The catalogue with this file laid over it; `CatalogueFileError` where the file does not fit it."""
    environments = {environment.id: environment for environment in catalogue.environments}
    for change in patch.environments:
        environments[change.id] = _environment(environments.get(change.id), change, patch)
    merging = _Merging(patch, frozenset(environments))
    applications = {application.id: application for application in catalogue.applications}
    for changed in patch.applications:
        applications[changed.id] = merging.application(applications.get(changed.id), changed)
    return replace(
        catalogue,
        **patch.document,
        environments=tuple(environments.values()),
        applications=tuple(applications.values()),
        corrections=catalogue.corrections + merging.corrections(),
        guide=replace(catalogue.guide, **patch.guide) if patch.guide else catalogue.guide,
    )


def _environment(known: Environment | None, change: EnvironmentPatch, patch: Patch) -> Environment:
    fields = dict(change.fields)
    if change.calendar:
        before = known.calendar if known is not None else Calendar()
        hours = {"known_from": patch.source.document} if change.calendar.keys() & _HOURS else {}
        fields["calendar"] = replace(before, **{**hours, **change.calendar})
    if change.retired:
        since = None if change.retired is True else change.retired
        fields["retired"] = Retirement(patch.source, since, change.successor)
    if known is not None:
        return replace(known, **fields)
    _complete(fields, ("name", "purpose", "guarded"), change.place, patch)
    return Environment(id=change.id, source=patch.source, **fields)


def _complete(fields: dict[str, Any], needed: tuple[str, ...], place: Place, patch: Patch) -> None:
    missing = [name for name in needed if name not in fields]
    if missing:
        patch.sheet.refuse(place, f"it is new, so it needs {' and '.join(repr(name) for name in missing)} too.")


class _Merging:
    """One file on its way into the catalogue."""

    def __init__(self, patch: Patch, environments: frozenset[str]) -> None:
        self._patch = patch
        self._sheet = patch.sheet
        self._environments = environments

    def application(self, known: Application | None, change: ApplicationPatch) -> Application:
        fields = dict(change.fields)
        if known is None:
            _complete(fields, ("acronym", "name", "purpose"), change.place, self._patch)
            known = Application(
                id=change.id,
                acronym=fields["acronym"],
                name=fields["name"],
                purpose=fields["purpose"],
                aliases=(),
                references=(),
                reach=MappingProxyType({}),
                services=(),
                source=self._patch.source,
            )
        known = replace(known, **fields)
        reach = dict(known.reach)
        for environment, place in change.reach.items():
            self._check_environment(environment, place.place)
            reach[environment] = _reach(reach.get(environment), place)
        services = {service.name: service for service in known.services}
        for each in change.services:
            services[each.name] = merge_service(known, services.get(each.name), each, self._patch)
            self._check_gone(each.gone, each.place)
            for version in each.versions:
                self._check_gone(version.gone, version.place)
                for key in ("bases", "active_from"):
                    for environment in version.fields.get(key, ()):
                        self._check_environment(environment, (*version.place, key, environment))
        self._check_gone(change.gone, change.place)
        return replace(
            known,
            reach=freeze(reach),
            services=tuple(services.values()),
            retired=freeze({**known.retired, **retirements(change.gone, self._patch.source)}),
        )

    def corrections(self) -> tuple[Any, ...]:
        """The file's corrections; in the file of one application they are about that one."""
        about = self._patch.applications[0].id if len(self._patch.applications) == 1 else ""
        return tuple(replace(correction, application=about) for correction in self._patch.corrections)

    def _check_gone(self, gone: Gone, place: Place) -> None:
        for environment in gone.since:
            self._check_environment(environment, (*place, "retired", environment))

    def _check_environment(self, environment: str, place: Place) -> None:
        if environment not in self._environments:
            known = ", ".join(sorted(self._environments))
            self._sheet.refuse(place, f"there is no environment '{environment}'. Known are: {known}.")


def _reach(known: Reach | None, change: ReachPatch) -> Reach:
    known = known or Reach()
    kept = tuple(address for address in known.addresses if address.role not in change.addresses)
    new = tuple(address for addresses in change.addresses.values() for address in addresses)
    return replace(known, addresses=kept + new, **change.fields)


def empty(source: Source, effective: Any) -> Catalogue:
    """A catalogue with nothing in it yet."""
    return Catalogue(
        title=source.document, version="", effective=effective, environments=(), applications=(), guide=Guide()
    )
