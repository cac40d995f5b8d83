"""The shelf of packages: in the user's folder and the company's, plain files with an index that can be made again.

One package is a folder of its own with its deed, an index, and the folder of its files. What counts is what the deed
names, and the deed is written last and in one step: whoever is stopped in the middle leaves the old package whole.
What nobody names any more is swept away at the next change.
"""

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from caiso_desktop.contract.package.match import Matching, stock_of
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import StorageError
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.package import (
    SOAP_VARIANTS,
    Contents,
    Contracts,
    Declared,
    Described,
    Owner,
    Package,
    PackageError,
    PackageExists,
    ShelfPlace,
    Stock,
    Unreadable,
    ignore_words,
)
from caiso_desktop.model.service import Target
from caiso_desktop.store.lock import FileLock
from caiso_desktop.store.package.home import HOMES, STAGING, deed_in, package_at, sweep
from caiso_desktop.store.package.record import DEED, Deed, deed_bytes, index_bytes
from caiso_desktop.store.save import patiently, write_whole
from caiso_desktop.store.writable import why_not_writable

LOOK_EVERY = 1.0
"""Seconds for which it is believed that no other process has changed the shelf."""

_INNER = "it is a zip inside of the package, which is not opened. Import it by itself."
_LOCK_WAIT = 10.0
_State = tuple[tuple[str, int], ...]


class _Known(NamedTuple):
    """The packages of one moment, for one catalogue."""

    state: _State
    packages: tuple[Package, ...]
    catalogue: Catalogue
    matching: Matching


class PackageShelf:
    """The ports `Packages` and `Contracts` of `caiso_desktop.model.package`; safe for threads and processes.

    ``user`` and ``company`` are the folders of packages, which need not exist; ``catalogue`` gives the catalogue that
    counts. The user's packages count before the company's, and of each the last one imported first.
    """

    def __init__(
        self,
        user: Path | None,
        company: Path | None,
        catalogue: Callable[[], Catalogue],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        folders = ((Owner.USER, user), (Owner.COMPANY, company))
        self._folders = {owner: folder for owner, folder in folders if folder is not None}
        self._catalogue = catalogue
        self._clock = clock
        self._lock = threading.RLock()
        self._known: _Known | None = None
        self._looked = 0.0

    def stock(self) -> Sequence[Stock]:
        """Every package, compared with the catalogue."""
        known = self._now(look=True)
        return [stock_of(package, known.catalogue) for package in known.packages]

    def places(self) -> Sequence[ShelfPlace]:
        """Where packages lie."""
        return [ShelfPlace(owner, folder, why_not_writable(folder)) for owner, folder in self._folders.items()]

    def now(self) -> Contracts:
        """What the packages say of the rows at this moment."""
        return self._now().matching

    def described(self, target: Target) -> Described | None:
        """The operation of a row as a WSDL describes it."""
        return self._now().matching.described(target)

    def declared(self, target: Target, root: str) -> Declared | None:
        """Where a document of a row has its schema."""
        return self._now().matching.declared(target, root)

    def add(
        self,
        source: Path,
        token: CancelToken,
        *,
        name: str = "",
        owner: Owner = Owner.USER,
        replace: bool = False,
        origin: str = "",
        tell: Callable[[str], None] = ignore_words,
    ) -> Stock:
        """Take in a zip, a folder or a file; see `caiso_desktop.model.package.Packages.add`."""
        from caiso_desktop.store.package.intake import take_in

        name = (name or (source.name if source.is_dir() else source.stem)).strip()
        home = self._home(owner, name)
        old = deed_in(home)
        # Also one that cannot be read: a newer version of the program may have written it.
        if (home / DEED).exists() and not replace:
            raise PackageExists(old.name if old is not None else name)
        with self._staging(home.parent) as staging:
            tell(f"Unpacking {source.name}")
            files = f"files-{staging.name.removeprefix(STAGING)}"
            left = take_in(source, staging / files, token)
            contents = self._read(staging / files, left, token, tell)
            deed = Deed(name, origin or str(source), self._clock(), files, old.by_hand if old else MappingProxyType({}))
            write_whole(staging / deed.index, index_bytes(contents))
            self._put_up(staging, home, deed, replace=replace)
        return self._told(name, owner)

    def remove(self, name: str, owner: Owner = Owner.USER) -> None:
        """Forget a package, and delete its files."""
        home = self._home(owner, name)
        if not (home / DEED).exists():
            raise PackageError(f"there is no package '{name}' among {owner}.", advice="Look at the list of packages.")
        with self._changing(home.parent):
            _do(home, (home / DEED).unlink)
            shutil.rmtree(home, ignore_errors=True)

    def match(self, name: str, operation: str, target: Target | None, owner: Owner = Owner.USER) -> Stock:
        """Say by hand which row an operation is about; None takes that back."""
        if target is not None and target.variant not in SOAP_VARIANTS:
            raise PackageError(
                f"{target.service} ({target.variant}) has procedures, which are matched by their names.",
                advice="Add the procedure to the catalogue.",
            )
        home = self._home(owner, name)
        with self._changing(home.parent):
            deed = deed_in(home)
            if deed is None:
                raise PackageError(f"there is no package '{name}' among {owner}.", advice="Look at the list.")
            by_hand = {key: each for key, each in deed.by_hand.items() if key != operation}
            if target is not None:
                self._catalogue().row(target)
                by_hand[operation] = target
            write_whole(home / DEED, deed_bytes(replace(deed, by_hand=MappingProxyType(by_hand))))
        return self._told(deed.name, owner)

    def _told(self, name: str, owner: Owner) -> Stock:
        found = next((each for each in self._now(look=True).packages if (each.name, each.owner) == (name, owner)), None)
        if found is None:
            raise PackageError(f"'{name}' was removed by another program meanwhile.")
        return stock_of(found, self._catalogue())

    def _home(self, owner: Owner, name: str) -> Path:
        folder = self._folders.get(owner)
        if folder is None:
            raise PackageError(
                f"{owner} cannot be changed now." if owner is Owner.USER else "there is no folder of the company.",
                advice="In safe mode packages are left out; start the program without it.",
            )
        slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:60]
        if not slug:
            raise PackageError(f"'{name}' is no name for a package.", advice="Give it a name with letters in it.")
        # Never a name that Windows keeps for itself.
        return folder / f"package-{slug}"

    def _read(self, folder: Path, left: Sequence[str], token: CancelToken, tell: Callable[[str], None]) -> Contents:
        from caiso_desktop.contract.package.contents import read_contents  # imported late: zeep takes a while

        contents = read_contents(folder, token, tell)
        if not contents.operations and not contents.roots:
            why = "; ".join(map(str, contents.unreadable[:3])) or "no file declares an operation or an element."
            raise PackageError(f"nothing in it can be used. {why}")
        inner = tuple(Unreadable(name, 0, _INNER) for name in left if name.lower().endswith(".zip"))
        left_out = contents.left_out + len(left) - len(inner)
        return replace(contents, left_out=left_out, unreadable=contents.unreadable + inner)

    def _put_up(self, staging: Path, home: Path, deed: Deed, *, replace: bool) -> None:
        """Make what is staged count: the last step writes the deed, and there is nothing after it that must be."""
        with self._changing(home.parent):
            if not replace and (home / DEED).exists():
                raise PackageExists(deed.name)
            _do(home, lambda: home.mkdir(exist_ok=True))
            for part in (deed.index, deed.files):
                _do(home, lambda part=part: (staging / part).rename(home / part))  # type: ignore[misc]
            write_whole(home / DEED, deed_bytes(deed))

    @contextmanager
    def _staging(self, folder: Path) -> Iterator[Path]:
        import secrets

        staging = folder / f"{STAGING}{secrets.token_hex(6)}"
        _do(folder, lambda: staging.mkdir(parents=True))
        try:
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    @contextmanager
    def _changing(self, folder: Path) -> Iterator[None]:
        """One change at a time, of all processes; what no package names any more goes with it."""
        lock = FileLock(folder / "packages.lock")
        if not lock.take(_LOCK_WAIT):
            raise StorageError(f"{folder} is being changed by another program.", advice="Try again in a moment.")
        try:
            yield
            sweep(folder)
        finally:
            lock.release()
            with self._lock:
                self._known = None

    def _now(self, *, look: bool = False) -> _Known:
        with self._lock:
            catalogue, known = self._catalogue(), self._known
            now = time.monotonic()
            fresh = known is not None and not look and now - self._looked < LOOK_EVERY
            if known is not None and fresh and known.catalogue is catalogue:
                return known
            state = known.state if known is not None and fresh else self._state()
            self._looked = self._looked if fresh else now
            same = known is not None and known.state == state
            if known is not None and same and known.catalogue is catalogue:
                return known
            packages = known.packages if known is not None and same else tuple(self._packages(catalogue))
            self._known = known = _Known(state, packages, catalogue, Matching(packages, catalogue))
            return known

    def _state(self) -> _State:
        """What changes when a deed does."""
        found: list[tuple[str, int]] = []
        for folder in self._folders.values():
            with suppress(OSError):
                found += [(str(deed), deed.stat().st_mtime_ns) for deed in sorted(folder.glob(f"{HOMES}/{DEED}"))]
        return tuple(found)

    def _packages(self, catalogue: Catalogue) -> Iterator[Package]:
        for owner, folder in self._folders.items():
            found = [package_at(home, owner, catalogue) for home in sorted(folder.glob(HOMES))]
            yield from sorted(filter(None, found), key=lambda each: each.imported, reverse=True)


def _do(place: Path, action: Callable[[], object]) -> None:
    try:
        patiently(action)
    except OSError as error:
        raise StorageError(f"{place} could not be changed ({error.strerror}).") from error
