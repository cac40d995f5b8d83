"""The shelf of packages: whole or not at all, through kills, damage, and several owners and processes."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.operation import Operations
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.package import Owner, PackageError, PackageExists, Stock
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.store.package.shelf import PackageShelf
from tests.package_maker import lay, retrieve, zipped

CLEAN = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)


@pytest.fixture(scope="module")
def catalogue(resources: Path) -> Catalogue:
    return load(resources / "catalogue")


@pytest.fixture
def shelf(tmp_path: Path, catalogue: Catalogue) -> PackageShelf:
    return open_shelf(tmp_path, catalogue)


def open_shelf(folder: Path, catalogue: Catalogue) -> PackageShelf:
    moments = count()
    began = datetime.now(UTC)
    return PackageShelf(
        folder / "user", folder / "company", lambda: catalogue, lambda: began + timedelta(seconds=next(moments))
    )


@pytest.fixture
def package(tmp_path: Path) -> Callable[..., Path]:
    def make(action: str = "urn:first", name: str = "SIBR 2026.zip") -> Path:
        return zipped(tmp_path / name, retrieve("CleanBidSet", "v4", action=action))

    return make


def action(shelf: PackageShelf) -> str | None:
    found = shelf.described(CLEAN)
    return found.action if found else None


def add(shelf: PackageShelf, source: Path, **options: object) -> Stock:
    return shelf.add(source, CancelToken(), **options)  # type: ignore[arg-type]


def test_what_is_taken_in_counts_and_is_listed(shelf: PackageShelf, package: Callable[..., Path]) -> None:
    assert action(shelf) is None
    stock = add(shelf, package())
    assert stock.package.name == "SIBR 2026"
    assert stock.package.source.endswith("SIBR 2026.zip")
    assert [each.targets for each in stock.matched] == [(CLEAN,)]
    assert not stock.new
    assert [each.package for each in shelf.stock()] == [stock.package]
    assert action(shelf) == "urn:first"
    declared = shelf.declared(CLEAN, stock.matched[0].operation.request_root)
    assert declared is not None
    assert (declared.package.folder / declared.file).is_file()


def test_a_second_of_the_same_name_waits_for_a_yes(shelf: PackageShelf, package: Callable[..., Path]) -> None:
    add(shelf, package())
    with pytest.raises(PackageExists):
        add(shelf, package("urn:second"))
    assert action(shelf) == "urn:first"
    add(shelf, package("urn:second"), replace=True)
    assert action(shelf) == "urn:second"
    assert len(shelf.stock()) == 1
    [home] = (each for each in shelf.stock()[0].package.folder.parents[1].glob("package-*"))
    assert len(list(home.iterdir())) == 3, "the old one's files are gone"


def test_the_user_counts_before_the_company_and_the_newer_before_the_older(
    shelf: PackageShelf, package: Callable[..., Path]
) -> None:
    add(shelf, package("urn:company"), owner=Owner.COMPANY)
    assert action(shelf) == "urn:company"
    add(shelf, package("urn:older"), name="older")
    add(shelf, package("urn:newer"), name="newer")
    assert action(shelf) == "urn:newer"
    assert [each.package.name for each in shelf.stock()] == ["newer", "older", "SIBR 2026"]
    shelf.remove("newer")
    shelf.remove("older")
    assert action(shelf) == "urn:company"
    with pytest.raises(PackageError):
        shelf.remove("older")


def test_a_bad_one_changes_nothing(shelf: PackageShelf, package: Callable[..., Path], tmp_path: Path) -> None:
    add(shelf, package())
    before = sorted(str(path) for path in (tmp_path / "user").rglob("*"))
    for files in ({"a.xsd": "<broken"}, {"../a.xsd": "<a/>"}, {"a.txt": ""}):
        with pytest.raises(PackageError):
            add(shelf, zipped(tmp_path / "bad.zip", files), name="SIBR 2026", replace=True)
    token = CancelToken()
    with pytest.raises(Exception, match="stopped"):
        shelf.add(package("urn:x"), token, replace=True, tell=lambda words: token.cancel())
    assert sorted(str(path) for path in (tmp_path / "user").rglob("*")) == before
    assert action(shelf) == "urn:first"


def test_by_hand_is_remembered_also_when_the_package_is_replaced(
    shelf: PackageShelf, tmp_path: Path, catalogue: Catalogue
) -> None:
    files = {
        name: text.replace("retrieveCleanBidSet_v4", "getBids") for name, text in retrieve("CleanBidSet", "v4").items()
    }
    source = lay(tmp_path / "odd", files)
    assert [each.name for each in add(shelf, source).new] == ["getBids"]
    stock = shelf.match("odd", "getBids", CLEAN)
    assert stock.matched[0].by_hand
    assert action(shelf) is not None
    add(shelf, source, replace=True)
    assert open_shelf(tmp_path, catalogue).described(CLEAN) is not None
    with pytest.raises(CatalogueError):
        shelf.match("odd", "getBids", Target("sibr", "NoSuch", "v4", Variant.AP))
    with pytest.raises(PackageError, match="matched by their names"):
        shelf.match("odd", "getBids", Target("ads", "APIWebService", "v7", Variant.RPC))
    assert shelf.match("odd", "getBids", None).new
    assert action(shelf) is None


def test_a_zip_inside_is_told_and_left(shelf: PackageShelf, tmp_path: Path) -> None:
    source = zipped(tmp_path / "all.zip", {**retrieve("CleanBidSet", "v4"), "more/ADS.zip": b"PK", "read.me": "x"})
    contents = add(shelf, source).package.contents
    assert [str(each) for each in contents.unreadable] == [
        "more/ADS.zip: it is a zip inside of the package, which is not opened. Import it by itself."
    ]
    assert contents.left_out == 1


def test_an_index_that_is_lost_or_damaged_is_made_again(
    shelf: PackageShelf, package: Callable[..., Path], tmp_path: Path, catalogue: Catalogue
) -> None:
    add(shelf, package())
    [index] = (tmp_path / "user").glob("*/index-*.json")
    whole = index.read_bytes()
    for damage in (b"{", b'{"format": 99}', whole[: len(whole) // 2], None):
        index.write_bytes(damage) if damage is not None else index.unlink()
        assert action(open_shelf(tmp_path, catalogue)) == "urn:first"
        assert index.read_bytes() == whole


def test_a_damaged_deed_is_listed_and_can_be_removed(
    shelf: PackageShelf, package: Callable[..., Path], tmp_path: Path, catalogue: Catalogue
) -> None:
    add(shelf, package())
    [deed] = (tmp_path / "user").glob("*/package.json")
    for text, words in ((b"{", "damaged"), (deed.read_bytes().replace(b'"format": 1', b'"format": 9'), "newer")):
        deed.write_bytes(text)
        other = open_shelf(tmp_path, catalogue)
        [stock] = other.stock()
        assert words in stock.package.contents.unreadable[0].why
        assert action(other) is None
        with pytest.raises(PackageExists):
            add(other, package())
    other.remove(stock.package.name)
    assert not other.stock()


def test_a_deed_cannot_name_another_folder(
    shelf: PackageShelf, package: Callable[..., Path], tmp_path: Path, catalogue: Catalogue
) -> None:
    stock = add(shelf, package())
    [deed] = (tmp_path / "user").glob("*/package.json")
    deed.write_text(deed.read_text("utf-8").replace(stock.package.folder.name, "files-../../.."), "utf-8")
    assert open_shelf(tmp_path, catalogue).stock()[0].package.contents.unreadable


def test_another_process_is_noticed(
    shelf: PackageShelf,
    package: Callable[..., Path],
    tmp_path: Path,
    catalogue: Catalogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert action(shelf) is None
    monkeypatch.setattr("caiso_desktop.store.package.shelf.LOOK_EVERY", 0.0)
    add(open_shelf(tmp_path, catalogue), package())
    assert action(shelf) == "urn:first"
    open_shelf(tmp_path, catalogue).remove("SIBR 2026")
    assert action(shelf) is None


def test_an_operation_is_told_by_the_packages_of_the_moment(
    shelf: PackageShelf,
    package: Callable[..., Path],
    catalogue: Catalogue,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("caiso_desktop.store.package.shelf.LOOK_EVERY", 0.0)
    operations = Operations(catalogue, shelf)
    elsewhere = replace(CLEAN, version="v3")

    def actions() -> tuple[str, ...]:
        first = [operations.operation(each) for each in (CLEAN, elsewhere)]
        again = [operations.operation(each) for each in (CLEAN, elsewhere)]
        assert all(one is other for one, other in zip(first, again, strict=True)), (
            "nothing changed, so it is remembered"
        )
        return tuple(each.soap_action.removeprefix("http://www.caiso.com/soa/") for each in first)

    ruled = ("retrieveCleanBidSet_v4", "retrieveCleanBidSet_v3")
    assert actions() == ruled
    add(shelf, package())
    assert actions() == ("urn:first", ruled[1])
    add(shelf, package("urn:second"), replace=True)
    assert actions() == ("urn:second", ruled[1])
    shelf.match("SIBR 2026", "retrieveCleanBidSet_v4", elsewhere)
    assert actions() == (ruled[0], "urn:second")
    shelf.match("SIBR 2026", "retrieveCleanBidSet_v4", None)
    other = open_shelf(tmp_path, catalogue)  # as another process has it
    add(other, package("urn:third"), replace=True)
    assert actions() == ("urn:third", ruled[1])
    other.remove("SIBR 2026")
    assert actions() == ruled


def test_it_says_the_same_until_a_package_or_the_catalogue_changes(
    tmp_path: Path, package: Callable[..., Path], catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("caiso_desktop.store.package.shelf.LOOK_EVERY", 0.0)
    counting = [catalogue]
    shelf = PackageShelf(tmp_path / "user", None, lambda: counting[0])
    moments = [shelf.now(), shelf.now()]
    add(shelf, package())
    moments += [shelf.now(), shelf.now()]
    counting[0] = replace(catalogue)
    moments += [shelf.now(), shelf.now()]
    first, second, third = moments[::2]
    assert len({id(first), id(second), id(third)}) == 3
    assert all(one is other for one, other in zip(moments[::2], moments[1::2], strict=True))
    assert first.described(CLEAN) is None, "a moment that is over says what it said"
    assert second.described(CLEAN) == third.described(CLEAN) is not None


def test_without_a_folder_nothing_is_there_and_nothing_can_be_added(
    catalogue: Catalogue, package: Callable[..., Path]
) -> None:
    none = PackageShelf(None, None, lambda: catalogue)
    assert not none.stock()
    for owner in Owner:
        with pytest.raises(PackageError):
            add(none, package(), owner=owner)


KILL = """
import os, sys
from pathlib import Path
from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.operation import Operations
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.store.package import shelf as room

folder, source, resources, stage = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
steps = [0]

def step(*args):
    steps[0] += 1
    if steps[0] == stage:
        os._exit(9)

def before(function):
    def called(*args, **options):
        step()
        return function(*args, **options)
    return called

room.write_whole = before(room.write_whole)
room.patiently = before(room.patiently)
catalogue = load(resources / "catalogue")
shelf = room.PackageShelf(folder / "user", None, lambda: catalogue)
shelf.add(source, CancelToken(), replace=True, tell=step)
step()
os._exit(0)
"""


def test_a_kill_at_any_step_leaves_the_old_or_the_new_whole(
    shelf: PackageShelf, package: Callable[..., Path], tmp_path: Path, catalogue: Catalogue, resources: Path
) -> None:
    add(shelf, package())
    source = package("urn:second")
    survived: list[str | None] = []
    # Killing costs a process each: every third step, and those about the commit.
    for stage in (1, 4, 9, 12, 13, 14, 15, 16):
        ended = subprocess.run(
            [sys.executable, "-c", KILL, str(tmp_path), str(source), str(resources), str(stage)],
            env={**os.environ, "PYTHONPATH": str(resources.parent)},
            capture_output=True,
            check=False,
        )
        assert ended.returncode in (0, 9), ended.stderr
        other = open_shelf(tmp_path, catalogue)
        survived.append(action(other))
        root = "{http://www.caiso.com/soa/RequestCleanBidSet_v4.xsd#}RequestCleanBidSet"
        declared = other.declared(CLEAN, root)
        assert declared is not None
        assert (declared.package.folder / declared.file).is_file()
        if ended.returncode == 0:
            break
    assert survived[0] == "urn:first"
    assert survived[-1] == "urn:second", "the last one was not killed"
    assert set(survived) == {"urn:first", "urn:second"}
    add(shelf, package("urn:third"), replace=True)
    assert len(list((tmp_path / "user" / "package-sibr-2026").iterdir())) == 3, "what was left is swept away"
