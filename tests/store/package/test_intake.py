"""Unpacking within bounds: nothing leaves the folder, nothing grows beyond measure, nothing is followed."""

import os
import stat
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled
from caiso_desktop.model.package import PackageError
from caiso_desktop.store.package import intake
from caiso_desktop.store.package.intake import take_in
from tests.package_maker import lay, retrieve, zipped

GOOD = retrieve("CleanBidSet", "v4")


def refused(source: Path, folder: Path) -> str:
    into = next(each for n in range(9) if not (each := folder / f"taken{n}").exists())
    with pytest.raises(PackageError) as error:
        take_in(source, into, CancelToken())
    return str(error.value)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_zip_and_a_folder_give_the_same_files(tmp_path: Path) -> None:
    files = GOOD | {"notes/readme.pdf": "x"}
    for number, source in enumerate((zipped(tmp_path / "a.zip", files), lay(tmp_path / "a", files))):
        into = tmp_path / str(number)
        assert take_in(source, into, CancelToken()) == ("notes/readme.pdf",)
        assert names(into) == set(GOOD)
        assert (into / "retrieveCleanBidSet_v4.wsdl").read_text("utf-8") == GOOD["retrieveCleanBidSet_v4.wsdl"]


@pytest.mark.parametrize(
    "name",
    ["../out.xsd", "a/../../out.xsd", "..\\out.xsd", "/etc/out.xsd", "\\\\host\\out.xsd", "C:\\out.xsd", "c:out.xsd"],
)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    source = tmp_path / "a.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for each, text in GOOD.items():
            archive.writestr(each, text)
        entry = zipfile.ZipInfo("x")
        entry.filename = entry.orig_filename = name
        archive.writestr(entry, "<x/>")
    assert repr(name) in refused(source, tmp_path)
    assert names(tmp_path) <= {"a.zip", *(f"taken0/{each}" for each in GOOD)}


@pytest.mark.parametrize("name", ["con.xsd", "a/LPT1", "a?.xsd", "a.xsd:stream.xsd", "end. /a.xsd", "a\x01.xsd"])
def test_a_name_that_windows_does_not_bear_is_refused(tmp_path: Path, name: str) -> None:
    assert "Windows" in refused(zipped(tmp_path / "a.zip", {name: "<a/>"}), tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["..", ".", "a", "b c", "/", "\\", "C:", "x.xsd", "~", "%2e%2e"]), min_size=1, max_size=6)
)
def test_whatever_a_zip_calls_its_files_they_stay_inside(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("zip")
    source = zipped(folder / "a.zip", {})
    with zipfile.ZipFile(source, "w") as archive:
        entry = zipfile.ZipInfo("x")
        entry.filename = entry.orig_filename = "/".join(parts) + ".xsd"
        archive.writestr(entry, "<x/>")
    with suppress(PackageError):
        take_in(source, folder / "taken", CancelToken())
    assert all(each == "a.zip" or each.startswith("taken/") for each in names(folder))


def test_links_are_refused_in_a_zip_and_in_a_folder(tmp_path: Path) -> None:
    source = tmp_path / "a.zip"
    with zipfile.ZipFile(source, "w") as archive:
        entry = zipfile.ZipInfo("link.xsd")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    assert "link.xsd is a link" in refused(source, tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="making links wants a right there")
@pytest.mark.parametrize("target", ["/etc/passwd", "."])
def test_a_link_in_a_folder_is_refused(tmp_path: Path, target: str) -> None:
    source = lay(tmp_path / "a", GOOD)
    (source / "link.xsd").symlink_to(target)
    assert "link.xsd is a link" in refused(source, tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
def test_a_pipe_is_left(tmp_path: Path) -> None:
    source = lay(tmp_path / "a", GOOD)
    os.mkfifo(source / "endless.xsd")
    take_in(source, tmp_path / "taken", CancelToken())
    assert names(tmp_path / "taken") == set(GOOD)
    assert "is not there" in refused(source / "endless.xsd", tmp_path)


def test_a_folder_around_our_own_is_refused(tmp_path: Path) -> None:
    lay(tmp_path, GOOD)
    (tmp_path / "own").mkdir()
    assert "own packages" in refused(tmp_path, tmp_path / "own")


def test_a_bomb_is_stopped_by_its_ratio(tmp_path: Path) -> None:
    source = zipped(tmp_path / "a.zip", {"bomb.xsd": b" " * (8 << 20)})
    assert source.stat().st_size < 20_000
    assert "200 times" in refused(source, tmp_path)
    assert (tmp_path / "taken0" / "bomb.xsd").stat().st_size <= 4 << 20


def test_an_archive_that_lies_about_its_sizes_is_counted_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LARGEST_FILE", 100_000)
    source = zipped(tmp_path / "a.zip", {"big.xsd": os.urandom(200_000)})
    assert "big.xsd is larger than" in refused(source, tmp_path)


def test_bounds_on_number_size_and_depth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "/".join("d" * 17) + "/a.xsd"
    assert "folders deep" in refused(zipped(tmp_path / "deep.zip", {deep: "<a/>"}), tmp_path)
    monkeypatch.setattr(intake, "MOST_FILES", 3)
    many = {f"{n}.xsd": "<a/>" for n in range(5)}
    assert "more than 3 WSDL and XSD files" in refused(zipped(tmp_path / "many.zip", many), tmp_path)
    monkeypatch.setattr(intake, "MOST_ENTRIES", 4)
    assert "more than 4 files and folders" in refused(
        lay(tmp_path / "many", {f"{n}.txt": "" for n in range(9)}), tmp_path
    )
    monkeypatch.setattr(intake, "MOST_BYTES", 1000)
    assert "when unpacked" in refused(lay(tmp_path / "big", {"a.xsd": b"x" * 600, "b.xsd": b"x" * 600}), tmp_path)


def test_what_is_no_package_is_said_so(tmp_path: Path) -> None:
    damaged = tmp_path / "a.zip"
    damaged.write_bytes(b"PK\x03\x04 and then nothing")
    assert "not a zip that can be read" in refused(damaged, tmp_path)
    assert "holds no WSDL and no XSD" in refused(zipped(tmp_path / "b.zip", {"a.txt": "x"}), tmp_path)
    assert "is not there" in refused(tmp_path / "gone.zip", tmp_path)


def test_a_name_twice_is_refused_whatever_its_case(tmp_path: Path) -> None:
    assert "twice" in refused(zipped(tmp_path / "a.zip", {"a.xsd": "<a/>", "A.XSD": "<a/>"}), tmp_path)


def test_a_broken_entry_and_a_password_are_named(tmp_path: Path) -> None:
    source = zipped(tmp_path / "a.zip", {"a.xsd": os.urandom(3000)})
    data = bytearray(source.read_bytes())
    data[200] ^= 0xFF
    source.write_bytes(data)
    assert "not a zip that can be read" in refused(source, tmp_path)
    data = bytearray(zipped(tmp_path / "b.zip", {"a.xsd": "<a/>"}).read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    (tmp_path / "b.zip").write_bytes(data)
    assert "protected by a password" in refused(tmp_path / "b.zip", tmp_path)


def test_it_can_be_stopped(tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        take_in(lay(tmp_path / "a", GOOD), tmp_path / "b", token)
