"""Narrows the catalogue to an environment, an application, or what a word finds."""

from dataclasses import replace

from caiso_desktop.catalogue.merge_service import freeze
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Application, Service, Version


def narrow(
    catalogue: Catalogue, *, environment: str | None = None, application: str | None = None, word: str | None = None
) -> Catalogue:
    """The part of the catalogue that was asked for; corrections follow their applications.

    ``word`` finds, whatever its case, in names, acronyms, aliases, releases, versions, templates, addresses and IPs:
    a word of the application keeps all of it, else the services and versions that have it remain. Unknown ids raise
    `CatalogueError`.
    """
    environments = catalogue.environments
    applications = catalogue.applications
    if application is not None:
        applications = (catalogue.application(application),)
    if environment is not None:
        environments = (catalogue.environment(environment),)
        applications = tuple(_within(each, environment) for each in applications if environment in _places(each))
    if word:
        wanted = word.casefold()
        found = (_with_word(each, wanted) for each in applications)
        applications = tuple(each for each in found if each is not None)
    kept = {each.id for each in applications}
    everything = environment is None and application is None and not word
    corrections = tuple(c for c in catalogue.corrections if c.application in kept or (everything and not c.application))
    return replace(catalogue, environments=environments, applications=applications, corrections=corrections)


def _places(application: Application) -> set[str]:
    own = {environment for s in application.services for v in s.versions for environment in v.bases}
    return own | application.reach.keys()


def _within(application: Application, environment: str) -> Application:
    reach = freeze({environment: application.reach[environment]}) if environment in application.reach else freeze({})
    services = []
    for service in application.services:
        versions = tuple(v for v in service.versions if not v.bases or environment in v.bases)
        if versions:
            services.append(replace(service, versions=versions))
    return replace(application, reach=reach, services=tuple(services))


def _with_word(application: Application, word: str) -> Application | None:
    if any(word in text.casefold() for text in _words_of_application(application)):
        return application
    bases = [reach.base for reach in application.reach.values() if reach.base]
    services = []
    for service in application.services:
        if any(word in text.casefold() for text in _words_of_service(service)):
            services.append(service)
            continue
        versions = tuple(v for v in service.versions if any(word in t.casefold() for t in _words_of_version(v, bases)))
        if versions:
            services.append(replace(service, versions=versions))
    return replace(application, services=tuple(services)) if services else None


def _words_of_application(application: Application) -> list[str]:
    words = [application.id, application.acronym, application.name, *application.aliases]
    for reach in application.reach.values():
        words += [address.url for address in reach.addresses]
        words += [*reach.secondary, *reach.ips, reach.base or ""]
        words += [other.url for other in reach.other_bases]
        words += [ip for address in reach.addresses for ip in address.ips]
    return words


def _words_of_service(service: Service) -> list[str]:
    names = [procedure.name for version in service.versions for procedure in version.procedures]
    return [service.name, service.printed_name or "", *names]


def _words_of_version(version: Version, bases: list[str]) -> list[str]:
    words = [version.version, version.release, version.minor_version or "", version.template or ""]
    words += version.paths.values()
    # A whole address pasted from elsewhere is found too.
    words += [base + path for base in (version.bases.values() or bases) for path in version.paths.values()]
    return words
