"""Reads run lists; what is wrong in one is told by the call's number, and nothing of it runs."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError, FileUnreadable
from caiso_desktop.model.journal import Standing
from caiso_desktop.model.run_list import FORMAT, VERSION, RunList, RunListError, Step
from caiso_desktop.model.service import Target, Variant

MOST_BYTES = 64 << 20
MOST_STEPS = 10_000
LONGEST_PAUSE = 3600.0
_KEYS = frozenset(
    (
        "scenario",
        "service",
        "version",
        "minor_version",
        "variant",
        "operation",
        "payload",
        "payload_file",
        "expected",
        "pause",
        "send_invalid",
    )
)


def read_run_list(path: Path, catalogue: Catalogue) -> RunList:
    """The list in a file. `RunListError` or `StorageError`."""
    data = _bytes(path)
    try:
        told = json.loads(data)
    except json.JSONDecodeError as error:
        raise RunListError(f"{path.name}, line {error.lineno}: it is not JSON ({error.msg}).") from error
    except (ValueError, RecursionError) as error:
        raise RunListError(f"{path.name} is not JSON.") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise RunListError(f"{path.name} is no run list: its format must be '{FORMAT}'.")
    if told.get("version") != VERSION:
        raise RunListError(
            f"{path.name} is of form {told.get('version')}, and this version of the program reads {VERSION}.",
            advice="Install the newest version of the program.",
        )
    calls = told.get("calls")
    if not isinstance(calls, list) or not calls:
        raise RunListError(f"{path.name} has no calls.")
    if len(calls) > MOST_STEPS:
        raise RunListError(f"{path.name} has more than {MOST_STEPS:,} calls.")
    steps = tuple(_Reader(path, number, catalogue).step(call) for number, call in enumerate(calls, 1))
    return RunList(str(told.get("title") or path.stem), steps)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one call of a list."""

    path: Path
    number: int
    catalogue: Catalogue

    def step(self, told: object) -> Step:
        if not isinstance(told, dict):
            raise self._wrong("it must be an object")
        strange = sorted(told.keys() - _KEYS)
        if strange:
            raise self._wrong(f"nobody knows '{strange[0]}'; known are {', '.join(sorted(_KEYS))}")
        pause = told.get("pause", 0)
        if isinstance(pause, bool) or not isinstance(pause, int | float) or not 0 <= pause <= LONGEST_PAUSE:
            raise self._wrong(f"its pause must be 0 to {LONGEST_PAUSE:.0f} seconds")
        if not isinstance(told.get("send_invalid", False), bool):
            raise self._wrong("send_invalid must be true or false")
        return Step(
            target=self._target(told),
            payload=self._payload(told),
            expected=self._expected(told.get("expected", str(Standing.SUCCESS))),
            scenario=self._text(told, "scenario"),
            pause=float(pause),
            send_invalid=told.get("send_invalid", False),
        )

    def _target(self, told: dict[str, Any]) -> Target:
        application, slash, name = self._text(told, "service").partition("/")
        if not slash:
            raise self._wrong("its service must be APPLICATION/SERVICE, for example sibr/RetrieveCleanBidSet")
        try:
            target = target_of(
                self.catalogue,
                application.lower(),
                name,
                self._text(told, "version") or None,
                self._text(told, "variant"),
                self._text(told, "minor_version") or None,
                self._text(told, "operation"),
            )
            self.catalogue.kind(target)
        except CatalogueError as error:
            raise RunListError(f"{self._place}: {error.detail}", advice=error.advice) from error
        except ValueError:
            known = ", ".join(Variant)
            raise self._wrong(f"there is no variant '{told.get('variant')}'; there are {known}") from None
        return target

    def _payload(self, told: dict[str, Any]) -> bytes | None:
        inline, name = self._text(told, "payload"), self._text(told, "payload_file")
        if inline and name:
            raise self._wrong("it has a payload and the name of a payload's file; one of them is enough")
        if not name:
            return inline.encode() if inline else None
        folder = self.path.parent.resolve()
        place = (folder / name.replace("\\", "/")).resolve()
        if not place.is_relative_to(folder):
            raise self._wrong(f"{name} does not lie in the folder of the list")
        return _bytes(place)

    def _expected(self, told: object) -> tuple[Standing, ...]:
        found = [told] if isinstance(told, str) else told
        try:
            if not isinstance(found, list) or not found:
                raise ValueError
            return tuple(Standing(each) for each in found)
        except ValueError:
            known = ", ".join(each for each in Standing if each is not Standing.UNDER_WAY)
            raise self._wrong(f"what is expected must be one or more of: {known}") from None

    def _text(self, told: dict[str, Any], key: str) -> str:
        value = told.get(key, "")
        if not isinstance(value, str):
            raise self._wrong(f"its {key} must be a text")
        return value

    @property
    def _place(self) -> str:
        return f"{self.path.name}, call {self.number}"

    def _wrong(self, words: str) -> RunListError:
        return RunListError(f"{self._place}: {words}.")


def target_of(
    catalogue: Catalogue,
    application: str,
    name: str,
    version: str | None,
    variant: str = "",
    minor_version: str | None = None,
    procedure: str = "",
) -> Target:
    """The row that is named; the newest, and DocAttach where there is one, for what is left out. `CatalogueError`."""
    service = catalogue.service(application, name)
    rows = [each for each in service.versions if version in (None, each.version) and each.callable]
    if not rows:
        known = ", ".join(each.version or "unversioned" for each in service.versions)
        raise CatalogueError(f"{name} has no version '{version or ''}' to call.", advice=f"It has: {known}.")
    newest = service.newest if version is None and service.newest in rows else rows[0]
    row = newest or rows[0]
    usual = Variant.DOCATTACH if Variant.DOCATTACH in row.paths else next(iter(row.paths))
    target = Target(
        catalogue.application(application).id,
        service.name,
        row.version,
        Variant(variant) if variant else usual,
        minor_version,
        procedure,
    )
    catalogue.row(target)
    return target


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RunListError(f"{path.name} is larger than {MOST_BYTES >> 20} MB.")
        return path.read_bytes()
    except OSError as error:
        raise FileUnreadable(f"{path} cannot be read ({error.strerror}).") from error
