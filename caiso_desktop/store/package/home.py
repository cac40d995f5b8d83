"""The folder of one package: its deed, what its index says, and what is left in it by an interrupted change."""

import shutil
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from caiso_desktop.contract.package.match import known_targets
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import StorageError
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.package import Contents, Owner, Package, Unreadable
from caiso_desktop.store.package.record import DEED, Damaged, Deed, index_bytes, read_deed, read_index
from caiso_desktop.store.save import write_whole

HOMES = "package-*"
STAGING = "staging-"

_SWEEP_AFTER = 3600.0


def package_at(home: Path, owner: Owner, catalogue: Catalogue) -> Package | None:
    """A package that lies there; one whose deed is damaged bears that as what is wrong with it."""
    try:
        deed = _read_deed(home)
    except Damaged as error:
        broken = Contents(unreadable=(Unreadable(f"{home.name}/{DEED}", 0, str(error)),))
        name = home.name.removeprefix("package-")
        return Package(name, owner, str(home), datetime.fromtimestamp(0, utc_now().tzinfo), home, broken)
    if deed is None:
        return None
    by_hand = MappingProxyType(known_targets(catalogue, deed.by_hand))
    return Package(deed.name, owner, deed.source, deed.imported, home / deed.files, _contents(home, deed), by_hand)


def _contents(home: Path, deed: Deed) -> Contents:
    """What the index says; it is made again where it says nothing."""
    with suppress(OSError):
        known = read_index((home / deed.index).read_bytes())
        if known is not None:
            return known
    from caiso_desktop.contract.package.contents import read_contents

    contents = read_contents(home / deed.files)
    with suppress(StorageError):  # the company's folder may not be ours to write to
        write_whole(home / deed.index, index_bytes(contents))
    return contents


def deed_in(home: Path) -> Deed | None:
    """What a package is; None where there is none, or one whose deed is damaged."""
    try:
        return _read_deed(home)
    except Damaged:
        return None


def _read_deed(home: Path) -> Deed | None:
    try:
        return read_deed((home / DEED).read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Damaged(f"it could not be read ({error.strerror}).") from error


def sweep(folder: Path) -> None:
    """Delete what an interrupted change has left; what is new may belong to somebody who is at it now."""
    for home in folder.glob(HOMES):
        try:
            deed = _read_deed(home)
        except Damaged:
            continue
        kept = {DEED, deed.files, deed.index} if deed is not None else set()
        for part in home.iterdir():
            if part.name not in kept:
                shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)
        if deed is None:
            with suppress(OSError):
                home.rmdir()
    for staging in folder.glob(f"{STAGING}*"):
        with suppress(OSError):
            if time.time() - staging.stat().st_mtime > _SWEEP_AFTER:
                shutil.rmtree(staging, ignore_errors=True)
