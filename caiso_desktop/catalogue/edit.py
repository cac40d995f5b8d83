"""Makes overlay files from what a person edits in the window, so that nobody has to write TOML.

Each function gives the text of a file; `save_overlay` checks it against the catalogue and writes it whole or not at
all. The same edit made again replaces its file.
"""

import contextlib
import json
import os
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from caiso_desktop.catalogue.merge import merge
from caiso_desktop.catalogue.patch import read_patch
from caiso_desktop.catalogue.patch_environment import DAYS
from caiso_desktop.catalogue.table import Sheet
from caiso_desktop.model.calendar import Calendar, Cycle, Deviation, Window
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import StorageError
from caiso_desktop.model.service import Kind, Retirement, Service, Source, Variant, Version


def address_text(application: str, environment: str, base: str) -> str:
    """An overlay that calls an application's services elsewhere in one environment."""
    return _application(application) + f"\n[application.reach.{_key(environment)}]\nbase = {_text(base)}\n"


def row_address_text(application: str, service: str, version: Version, environment: str, base: str) -> str:
    """An overlay that calls one row elsewhere in one environment, where the row has bases of its own."""
    minor = f", minor_version = {_text(version.minor_version)}" if version.minor_version is not None else ""
    bases = ", ".join(f"{_key(key)} = {_text(value)}" for key, value in {**version.bases, environment: base}.items())
    return (
        _application(application)
        + f"\n[[application.service]]\nname = {_text(service)}\nversions = [\n"
        + f"  {{ version = {_text(version.version)}{minor}, bases = {{ {bases} }} }},\n]\n"
    )


def version_text(
    application: str,
    service: Service,
    version: str,
    release: str,
    *,
    variants: Sequence[Variant] = (Variant.AP, Variant.DOCATTACH),
) -> str:
    """An overlay that adds a version to a service that is known (its path follows the application's rule)."""
    return service_text(application, service.name, service.kind, version, release, variants=variants)


def service_text(
    application: str,
    name: str,
    kind: Kind,
    version: str,
    release: str,
    *,
    variants: Sequence[Variant] = (Variant.AP, Variant.DOCATTACH),
) -> str:
    """An overlay that adds a service with one version."""
    ways = ", ".join(_text(variant) for variant in variants)
    return (
        _application(application)
        + f"\n[[application.service]]\nname = {_text(name)}\nkind = {_text(kind)}\nversions = [\n"
        + f"  {{ version = {_text(version)}, release = {_text(release)}, variants = [{ways}] }},\n]\n"
    )


def retired_text(application: str, service: str, environment: str, retirement: Retirement) -> str:
    """An overlay that marks a service as gone from one environment."""
    since = "true" if retirement.since is None else retirement.since.isoformat()
    return (
        _application(application)
        + f"\n[[application.service]]\nname = {_text(service)}\nretired = {{ {_key(environment)} = {since} }}\n"
        + f"successor = {_text(retirement.successor)}\n"
    )


def calendar_text(environment: str, calendar: Calendar, *known: Calendar) -> str:
    """An overlay with an environment's windows, deviations, simulation cycles and trade date.

    What is the same in every calendar of ``known`` (those it will be laid over) is left out, so that it stays known
    from where it stands; an empty text where nothing is left.
    """
    written = {
        "maintenance": [_window(window) for window in calendar.maintenance],
        "support": [_window(window) for window in calendar.support],
        "deviations": [_deviation(deviation) for deviation in calendar.deviations],
        "cycles": [_cycle(cycle) for cycle in calendar.cycles],
    }
    lines = []
    for key, items in written.items():
        if not known or any(getattr(each, key) != getattr(calendar, key) for each in known):
            lines += _list(key, items)
    if not known or any(each.trade_date != calendar.trade_date for each in known):
        fixed = calendar.trade_date.fixed
        value = f"offset = {calendar.trade_date.offset}" if fixed is None else f"fixed = {_date(fixed)}"
        lines.append(f"trade_date = {{ {value} }}")
    if not lines:
        return ""
    head = ["format = 1", "", "[[environment]]", f"id = {_text(environment)}", "", "[environment.calendar]"]
    return "\n".join([*head, *lines]) + "\n"


def overlay_file(folder: Path, name: str) -> Path:
    """Where the overlay of this name lies, or would."""
    return folder / f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-') or 'overlay'}.toml"


def save_overlay(folder: Path, name: str, text: str, catalogue: Catalogue) -> Path:
    """Check the text against the catalogue and write it to ``folder`` as ``name.toml``; the file.

    `CatalogueFileError` says what does not fit, `StorageError` what the disk would not do; nothing is left then.
    """
    import tempfile  # imported late: the window's first paint does not need it

    file = overlay_file(folder, name)
    temporary = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix="overlay-", suffix=".part", dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        merge(catalogue, read_patch(Sheet(Path(temporary)), Source(f"user file {file.name}")))
        Path(temporary).replace(file)
    except OSError as error:
        raise StorageError(f"{file} ({error.strerror}).") from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink(missing_ok=True)
    return file


def _application(application: str) -> str:
    return f"format = 1\n\n[[application]]\nid = {_text(application)}\n"


def _list(key: str, items: list[str]) -> list[str]:
    return [f"{key} = [", *(f"  {{ {item} }}," for item in items), "]"]


def _window(window: Window) -> str:
    days = ", ".join(_text(DAYS[day]) for day in window.days)
    return (
        f"name = {_text(window.name)}, days = [{days}], from = {window.start.isoformat()}, "
        f"until = {window.end.isoformat()}, days_later = {window.days_later}"
    )


def _deviation(deviation: Deviation) -> str:
    return (
        f"from = {deviation.start.isoformat()}, until = {deviation.end.isoformat()}, "
        f"state = {_text(deviation.state)}, note = {_text(deviation.note)}"
    )


def _cycle(cycle: Cycle) -> str:
    return f"name = {_text(cycle.name)}, first = {_date(cycle.first)}, last = {_date(cycle.last)}"


def _date(day: date) -> str:
    return day.isoformat()


def _key(name: str) -> str:
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else _text(name)


def _text(value: str) -> str:
    """A TOML text: JSON's escapes are TOML's too, but for DEL, which JSON leaves as it is."""
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
