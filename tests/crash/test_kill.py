"""Killed at any moment, on a full disk, several at once: nothing is lost, sent unrecorded, or sent twice.

CAISO_CRASH_POINTS (200) and CAISO_CRASH_SECONDS (4; 60 by hand) say how long it is tried.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from caiso_desktop.model.journal import Entry, Filter, Standing
from caiso_desktop.store.chain import HeadNote
from caiso_desktop.store.database import Database
from caiso_desktop.store.draft import DraftTable
from caiso_desktop.store.format import STEPS
from caiso_desktop.store.journal import prepare
from caiso_desktop.store.quiet import QuietJournal
from caiso_desktop.store.run import Runs
from caiso_desktop.store.swift import SwiftJournal

POINTS = int(os.environ.get("CAISO_CRASH_POINTS", "200"))
SECONDS = float(os.environ.get("CAISO_CRASH_SECONDS", "4"))
POINTS_A_PROFILE = 10
WATCH_POINTS = max(POINTS // 4, POINTS_A_PROFILE)

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the actors are forked, which this system cannot"),
    pytest.mark.timeout(max(600, POINTS * 3 + SECONDS * 10)),
]


class Stage:
    """Where actors come from."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("actor.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        assert self.read() == "ready"

    def send(self, profile: Path, seed: int, kind: str, seconds: float, size: int = 0) -> int:
        """Let an actor begin; his process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{profile}\t{seed}\t{kind}\t{seconds}\t{size}\n")
        return int(self.read())

    def read(self) -> str:
        """What the stage says next."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        """Send everybody home."""
        self._process.__exit__(None, None, None)


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.close()


def lines(profile: Path, name: str) -> list[str]:
    path = profile / name
    return path.read_text().splitlines() if path.exists() else []


TOLD = ("typed", "saved", "wire", "ended")


def told(profile: Path) -> int:
    """How many bytes the actors of a profile have told of what they did."""
    return sum((profile / name).stat().st_size for name in TOLD if (profile / name).exists())


def kill_at_a_moment(pid: int, profile: Path, draw: random.Random, most: int) -> None:
    """Kill an actor while he opens the profile (one in four), or once he has told up to so many bytes of what he did.

    By the clock alone he would be killed on a busy computer before he has done anything.
    """
    goal = told(profile) + draw.choice((0, 1, 1, 1)) * draw.randrange(most)
    while told(profile) < goal:
        time.sleep(0.0002)
    time.sleep(draw.random() * 0.01)
    os.kill(pid, signal.SIGKILL)


def look(profile: Path) -> list[Entry]:
    """Whether all is well after whatever happened to the profile; the journal's entries."""
    assert lines(profile, "trouble") == []
    runs, note = Runs(profile / "run"), HeadNote(profile / "journal.head")
    with closing(Database(profile / "journal.sqlite", STEPS, prepare=partial(prepare, note=note))) as database:
        journal = SwiftJournal(database, runs, note)
        unknown = {entry.record.exchange for entry in journal.unknown()}
        entries = list(journal.all(Filter()))
        assert database.notice == ""
        assert journal.verify().findings == ()
        look_at_calls(profile, entries, unknown)
        look_at_drafts(profile, DraftTable(database, runs))
    runs.close()
    return entries


def look_at_calls(profile: Path, entries: list[Entry], unknown: set[str]) -> None:
    standing = {entry.record.exchange: entry.standing for entry in entries}
    wire, ended = Counter(lines(profile, "wire")), set(lines(profile, "ended"))
    assert set(wire) <= set(standing), "a call left without a record"
    assert all(count == 1 for count in wire.values()), "a call was sent twice"
    assert all(count == 1 for count in Counter(entry.payload_hash for entry in entries).values())
    assert Standing.UNDER_WAY not in standing.values()
    assert {exchange for exchange, how in standing.items() if how is Standing.UNKNOWN} == unknown
    assert all(standing[exchange] is Standing.SUCCESS for exchange in ended)
    assert all(exchange in ended or standing[exchange] in (Standing.UNKNOWN, Standing.SUCCESS) for exchange in wire)


def look_at_drafts(profile: Path, drafts: DraftTable) -> None:
    saved, typed = (dict(line.split() for line in lines(profile, name)) for name in ("saved", "typed"))
    restored = drafts.restore()
    found = {each.id: each for each in (*restored.open, *restored.held_back, *(b.draft for b in drafts.bin()))}
    for name, revision in saved.items():
        draft = found[name].draft
        assert int(revision) <= draft.revision <= int(typed[name])
        begin, end = draft.text.split(">", 1)
        assert begin == f"<draft id='{name}' revision='{draft.revision}'"
        assert end == "é\r\n" * (draft.revision % 50) + "</draft>"
        assert found[name].caret == draft.revision


def test_killed_at_any_moment(stage: Stage, tmp_path: Path) -> None:
    calls: Counter[Standing] = Counter()
    for seed in range(POINTS):
        profile = tmp_path / str(seed // POINTS_A_PROFILE)
        profile.mkdir(exist_ok=True)
        pid = stage.send(profile, seed, "window", 600)
        kill_at_a_moment(pid, profile, random.Random(seed), 400)
        assert stage.read() == str(-signal.SIGKILL)
        entries = look(profile)
        if seed % POINTS_A_PROFILE == POINTS_A_PROFILE - 1:
            calls.update(entry.standing for entry in entries)
    assert calls[Standing.SUCCESS] > POINTS // 2
    assert calls[Standing.UNKNOWN] > POINTS // 20, "kills must hit calls under way, or nothing was tried"


def look_at_questions(profile: Path) -> Counter[Standing]:
    """Whether each question that left is on record, once, as itself or counted; the records' standings."""
    assert lines(profile, "trouble") == []
    runs, note = Runs(profile / "run"), HeadNote(profile / "journal.head")
    with closing(Database(profile / "journal.sqlite", STEPS, prepare=partial(prepare, note=note))) as database:
        journal = SwiftJournal(database, runs, note)
        QuietJournal(journal, runs).recover()
        unknown = {entry.record.exchange for entry in journal.unknown()}
        entries = list(journal.all(Filter()))
        assert journal.verify().findings == ()
    runs.close()
    assert list((profile / "run").glob("*.questions")) == []
    wire, ended = lines(profile, "wire"), set(lines(profile, "ended"))
    counted = sum(1 + (entry.repeats.times if entry.repeats else 0) for entry in entries)
    standing = {entry.record.exchange: entry.standing for entry in entries}
    # A kill between the record and the wire leaves a record of what never left; there was one kill at most a run.
    assert len(wire) <= counted <= len(wire) + len([each for each in unknown if each not in wire])
    assert Standing.UNDER_WAY not in standing.values()
    assert all(standing.get(each, Standing.SUCCESS) is Standing.SUCCESS for each in ended)
    # What has no record of its own was answered, like the one that counts it.
    cut_off = sum(entry.repeats.times for entry in entries if entry.repeats and entry.standing is Standing.UNKNOWN)
    assert len([each for each in wire if each not in standing and each not in ended]) <= cut_off + POINTS_A_PROFILE
    return Counter(standing.values())


def test_a_watch_killed_at_any_moment_has_each_question_on_record(stage: Stage, tmp_path: Path) -> None:
    standings: Counter[Standing] = Counter()
    asked = 0
    for seed in range(WATCH_POINTS):
        profile = tmp_path / str(seed // POINTS_A_PROFILE)
        profile.mkdir(exist_ok=True)
        pid = stage.send(profile, seed, "watch", 600)
        kill_at_a_moment(pid, profile, random.Random(seed), 1000)
        assert stage.read() == str(-signal.SIGKILL)
        found = look_at_questions(profile)
        if seed % POINTS_A_PROFILE == POINTS_A_PROFILE - 1:
            standings.update(found)
            asked += len(lines(profile, "wire"))
    assert standings[Standing.UNKNOWN] > WATCH_POINTS // 20, "kills must hit questions under way, or nothing was tried"
    assert asked > standings.total() + WATCH_POINTS, "alike ones must be counted, or nothing was tried"


def test_killed_with_several_calls_under_way(stage: Stage, tmp_path: Path) -> None:
    most, before = 0, 0
    for seed in range(max(1, POINTS // 4)):
        profile = tmp_path / str(seed // POINTS_A_PROFILE)
        if not profile.exists():
            profile.mkdir()
            before = 0
        pid = stage.send(profile, seed, "crowd", 600)
        kill_at_a_moment(pid, profile, random.Random(seed), 1000)
        assert stage.read() == str(-signal.SIGKILL)
        endings = [entry.ending for entry in look(profile)]
        crashed = sum(ending is not None and "ended before" in ending.failure for ending in endings)
        most, before = max(most, crashed - before), crashed
    assert most > 1, "kills must hit several calls at once, or nothing was tried"


def test_a_disk_that_is_full_at_any_moment(stage: Stage, tmp_path: Path) -> None:
    refused = 0
    for seed in range(max(POINTS // 10, 4)):
        profile = tmp_path / str(seed)
        profile.mkdir()
        stage.send(profile, seed, "window", 0.2)
        assert stage.read() == "0"
        size = (profile / "journal.sqlite").stat().st_size + random.Random(seed).randrange(60_000)
        stage.send(profile, 1000 + seed, "window", 0.4, size)
        assert stage.read() == "0"
        refused += len(lines(profile, "refused"))
        look(profile)
    assert refused


def test_two_windows_and_three_commands_at_once(tmp_path: Path) -> None:
    stages = [Stage() for _ in range(5)]
    for number, stage in enumerate(stages):
        stage.send(tmp_path, number, "window" if number < 2 else "caiso", SECONDS)
    assert [stage.read() for stage in stages] == ["0"] * 5
    for stage in stages:
        stage.close()
    assert lines(tmp_path, "refused") == []
    entries = look(tmp_path)
    assert len(entries) > 5 * SECONDS
    assert len({entry.id for entry in entries}) == len(entries)
