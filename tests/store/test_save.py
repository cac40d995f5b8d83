"""Copies whole or not at all, and names that every system accepts."""

import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caiso_desktop.model.answer import Answer, Outcome
from caiso_desktop.model.call import Call, Operation
from caiso_desktop.model.error import StorageError
from caiso_desktop.model.exchange import Exchange, SentRequest
from caiso_desktop.model.saving import Saving
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.model.transport import Response, Timings
from caiso_desktop.store.save import LONGEST_NAME, Copies, patiently, save_copy, suggest_name, write_whole

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"<report/>\r\n" * 200_000)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "copies"
    path.mkdir()
    return path


def test_a_copy_is_the_same_to_the_byte(source: Path, folder: Path) -> None:
    destination = folder / "report.xml"
    assert save_copy(source, destination, overwrite=False) == destination
    assert destination.read_bytes() == source.read_bytes()
    assert [each.name for each in folder.iterdir()] == ["report.xml"]


def test_a_copy_has_the_rights_of_any_new_file(source: Path, folder: Path) -> None:
    (folder / "usual").touch()
    save_copy(source, folder / "copy", overwrite=False)
    assert (folder / "copy").stat().st_mode == (folder / "usual").stat().st_mode


def test_nothing_is_written_over_silently(source: Path, folder: Path) -> None:
    destination = folder / "report.xml"
    destination.write_text("precious")
    with pytest.raises(StorageError, match="is there already"):
        save_copy(source, destination, overwrite=False)
    assert destination.read_text() == "precious"
    save_copy(source, destination, overwrite=True)
    assert destination.read_bytes() == source.read_bytes()
    assert len(list(folder.iterdir())) == 1


def test_a_dangling_link_is_not_written_through(source: Path, folder: Path) -> None:
    (folder / "link").symlink_to(folder / "elsewhere")
    with pytest.raises(StorageError, match="is there already"):
        save_copy(source, folder / "link", overwrite=False)
    assert not (folder / "elsewhere").exists()


def test_a_link_stays_a_link_when_its_target_is_replaced(source: Path, folder: Path) -> None:
    (folder / "real").write_text("old")
    (folder / "link").symlink_to(folder / "real")
    save_copy(source, folder / "link", overwrite=True)
    assert (folder / "link").is_symlink()
    assert (folder / "real").read_bytes() == source.read_bytes()


def test_a_file_can_be_saved_over_itself(source: Path) -> None:
    before = source.read_bytes()
    save_copy(source, source, overwrite=True)
    assert source.read_bytes() == before


def test_of_two_that_want_a_new_name_one_gets_it(folder: Path, tmp_path: Path) -> None:
    together = threading.Barrier(8)
    sources = []
    for number in range(8):
        sources.append(tmp_path / f"s{number}")
        sources[-1].write_bytes(bytes([number]) * 100_000)

    def work(each: Path) -> bool:
        together.wait()
        try:
            save_copy(each, folder / "one", overwrite=False)
        except StorageError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(work, sources))
    assert won.count(True) == 1
    assert (folder / "one").read_bytes() == sources[won.index(True)].read_bytes()
    assert len(list(folder.iterdir())) == 1


def test_where_there_are_no_links_the_name_is_taken_first(
    source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_link(*paths: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_link)
    save_copy(source, folder / "a", overwrite=False)
    assert (folder / "a").read_bytes() == source.read_bytes()
    with pytest.raises(StorageError):
        save_copy(source, folder / "a", overwrite=False)
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("place", ["no/where/report.xml", "", "x" * 300])
def test_a_place_that_cannot_be_written_is_told(source: Path, folder: Path, place: str) -> None:
    for overwrite in (True, False):
        with pytest.raises(StorageError) as caught:
            save_copy(source, folder / place, overwrite=overwrite)
        assert str(folder) in caught.value.detail
    assert list(folder.iterdir()) == []


def test_a_source_that_is_gone_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="gone"):
        save_copy(tmp_path / "gone", folder / "copy", overwrite=False)
    assert list(folder.iterdir()) == []


FULL = """
import resource, signal, sys
from pathlib import Path
from caiso_desktop.model.error import StorageError
from caiso_desktop.store.save import save_copy
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    save_copy(Path(sys.argv[1]), Path(sys.argv[2]), overwrite=sys.argv[3] == "True")
except StorageError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of a file")
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_disk_that_fills_up_leaves_what_was_there(source: Path, folder: Path, overwrite: bool) -> None:
    destination = folder / "report.xml"
    if overwrite:
        destination.write_text("precious")
    arguments = [sys.executable, "-c", FULL, str(source), str(destination), str(overwrite)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith(f"The file could not be written: {destination}: File too large.")
    assert [each.read_text() for each in folder.iterdir()] == (["precious"] if overwrite else [])


def test_readers_find_the_old_or_the_new_and_never_a_part(folder: Path) -> None:
    path = folder / "file"
    contents = {bytes([letter]) * 200_000 for letter in b"abcd"}
    write_whole(path, b"a" * 200_000)
    done = threading.Event()

    def write(data: bytes) -> None:
        for _ in range(10):
            write_whole(path, data)

    def read() -> bool:
        while not done.is_set():
            if path.read_bytes() not in contents:
                return False
        return True

    with ThreadPoolExecutor(5) as threads:
        reader = threads.submit(read)
        list(threads.map(write, contents))
        done.set()
        assert reader.result()
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(list(folder.iterdir())) == 1


def test_a_file_that_is_held_for_a_moment_is_tried_again() -> None:
    turns = []

    def held() -> None:
        turns.append(1)
        if len(turns) < 3:
            raise PermissionError

    patiently(held, pause=0)
    assert len(turns) == 3
    turns.clear()
    with pytest.raises(PermissionError):
        patiently(held, tries=2, pause=0)
    assert len(turns) == 2


def test_a_suggested_name_tells_what_it_is() -> None:
    assert suggest_name("map-stage", "RetrieveCleanBidSet", "v4", NOON, ".xml") == (
        "RetrieveCleanBidSet_v4_map-stage_20260401T120000Z.xml"
    )
    pacific = NOON.astimezone(timezone(timedelta(hours=-7)))
    assert "20260401T120000Z" in suggest_name("e", "s", "v", pacific, ".xml")


@pytest.mark.parametrize("service", ["con", "CON.x", "nul.y", "com1.z", "LPT\u00b9.a", "AUX."])
def test_names_windows_reserves_are_avoided(service: str) -> None:
    name = suggest_name("", service, "", NOON, ".xml")
    assert name.partition(".")[0].lower() not in {"con", "nul", "com1", "lpt\u00b9", "aux"}


def test_a_service_without_letters_still_has_a_name() -> None:
    assert suggest_name("", "...", "::", NOON, ".xml") == "answer_20260401T120000Z.xml"


@settings(max_examples=60)
@given(st.text(), st.text(), st.text(), st.sampled_from([".xml", "-request.xml", ".z:ip", ""]))
def test_every_suggested_name_is_safe(environment: str, service: str, version: str, suffix: str) -> None:
    name = suggest_name(environment, service, version, NOON, suffix)
    assert "20260401T120000Z" in name
    assert not re.search(r'[\x00-\x1f<>:"/\\|?*]', name)
    assert name == name.strip(" .")
    assert 0 < len(name.encode()) <= LONGEST_NAME + 1


def test_a_very_long_service_keeps_time_and_suffix() -> None:
    name = suggest_name("production", "R\u00e9" * 200, "v4", NOON, "-request.xml")
    assert name.endswith("_20260401T120000Z-request.xml")
    assert len(name.encode()) <= LONGEST_NAME


def exchange(folder: Path, content_type: str | None, report: Path | None) -> Exchange:
    response = folder / "response"
    return Exchange(
        id="20260401T120000Z-000000000000",
        call=Call("sandbox", Target("SIBR", "RetrieveCleanBidSet", "v4", Variant.AP), b"<a/>"),
        operation=Operation("retrieveCleanBidSet_v4", Variant.AP, Kind.RETRIEVE, "", "", ""),
        certificate=None,
        started=NOON,
        request=SentRequest("POST", "https://h/", (), folder / "request"),
        response=Response(
            200, "OK", (("Content-Type", content_type),) if content_type else (), response, 1, NOON, Timings()
        ),
        answer=Answer(Outcome.SUCCESS, report, "{n}r", (), ()),
    )


@pytest.mark.parametrize(
    ("file", "content_type", "ending"),
    [
        ("report.xml", "text/xml", "20260401T120000Z.xml"),
        ("request", "text/html", "20260401T120000Z-request.xml"),
        ("response", "text/xml; charset=utf-8", "20260401T120000Z-response.xml"),
        ("response", "Multipart/Related; boundary=x", "20260401T120000Z-response.mime"),
        ("response", "application/x-unknown", "20260401T120000Z-response.bin"),
        ("response", None, "20260401T120000Z-response.xml"),
        ("part-2.b64", "text/xml", "20260401T120000Z-part-2.b64"),
    ],
)
def test_the_name_of_a_copy_tells_which_file_it_was(
    folder: Path, file: str, content_type: str | None, ending: str
) -> None:
    copies: Saving = Copies()
    name = copies.suggest_name(exchange(folder, content_type, folder / "report.xml"), folder / file)
    assert name == f"RetrieveCleanBidSet_v4_sandbox_{ending}"


def test_copies_are_made_through_the_port(source: Path, folder: Path) -> None:
    copies: Saving = Copies()
    copies.save_copy(source, folder / "copy", overwrite=False)
    with pytest.raises(StorageError):
        copies.save_copy(source, folder / "copy", overwrite=False)
    assert (folder / "copy").read_bytes() == source.read_bytes()


def test_a_text_is_saved_whole_and_over_nothing_unasked(tmp_path: Path) -> None:
    there = tmp_path / "sheet.csv"
    Copies().save_text("host,port\nws.caiso.com,443\n", there, overwrite=False)
    assert there.read_bytes() == b"host,port\nws.caiso.com,443\n"
    with pytest.raises(StorageError, match="is there already"):
        Copies().save_text("other", there, overwrite=False)
    assert there.read_text().startswith("host")
    Copies().save_text("other", there, overwrite=True)
    assert there.read_text() == "other"
    with pytest.raises(StorageError):
        Copies().save_text("x", tmp_path / "missing" / "sheet.csv", overwrite=True)
    assert [file.name for file in tmp_path.iterdir()] == ["sheet.csv"]
