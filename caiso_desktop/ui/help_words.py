"""What the help desk asks first, as text to paste: where, what, at which address, when."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.service import Target
from caiso_desktop.ui.phrase import outcome_words


def help_desk_words(
    catalogue: Catalogue,
    environment: str,
    application: str,
    target: Target | None,
    now: datetime,
    last: Exchange | None = None,
) -> str:
    """Lines of ``what: value``; ``now`` has a zone, and ``last`` is the call it is about, where there was one."""
    place, about = catalogue.environment(environment), catalogue.application(application)
    lines = [("Environment", place.name), ("Application", f"{about.acronym} – {about.name}")]
    reach = about.reach.get(environment)
    if target is not None:
        name = f"{target.service} {target.version}".strip()
        lines.append(("Service", f"{name} ({target.variant.value})"))
        try:
            lines.append(("Address", catalogue.url(environment, target)))
        except CatalogueError as error:
            lines.append(("Address", f"none: {error.detail}"))
    elif reach is not None:
        lines += [(f"Address ({address.role})", address.url) for address in reach.addresses]
        lines += [("Address (web services)", reach.base)] if reach.base is not None else []
    lines += [("Pacific time", _stamp(now, PACIFIC)), ("Local time", _stamp(now, None))]
    if last is not None:
        lines += _last(last)
    return "\n".join(f"{what}: {value}" for what, value in lines) + "\n"


def _last(last: Exchange) -> Iterator[tuple[str, str]]:
    status = f"HTTP {last.response.status}, " if last.response is not None else ""
    yield "Last call", f"{_stamp(last.started, PACIFIC)}: {status}{outcome_words(last)}"
    if last.certificate is not None:
        yield "Certificate", last.certificate.subject


def _stamp(moment: datetime, zone: tzinfo | None) -> str:
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}"
