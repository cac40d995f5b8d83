"""What the program imports before its window is painted, and what it prepares afterwards."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from caiso_desktop.ui import draft_panel
from caiso_desktop.ui.start import DRAFT_PARTS, WINDOW_PARTS

HEAVY = (
    *("cryptography", "httpcore2", "keyring", "lxml", "signxml", "sqlite3", "ssl", "xmlschema", "zeep"),
    *("caiso_desktop.courier", "caiso_desktop.simulator.server", "caiso_desktop.ui.document"),
    *("caiso_desktop.ui.answer_panel", "caiso_desktop.ui.help_dialog", "caiso_desktop.ui.payload_panel"),
)


def imported(program: str, **environment: str) -> set[str]:
    """The names of the modules that a program has imported in an interpreter of its own."""
    told = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )
    return set(told.stdout.split())


LIGHT = {
    f"caiso_desktop{name}"
    for name in (
        *("", ".assembly", ".assembly.place", ".model", ".model.cancel", ".model.error", ".store"),
        *(".store.last_setting", ".ui", ".ui.frame", ".ui.start", ".ui.token"),
    )
}


@pytest.fixture(scope="module")
def at_start() -> set[str]:
    return imported("\n".join(f"import {name}" for name in ("caiso_desktop.ui.start", *WINDOW_PARTS)))


def test_the_frame_is_painted_before_anything_else_is_imported() -> None:
    assert {name for name in imported("import caiso_desktop.ui.start") if name.startswith("caiso_desktop")} == LIGHT


@pytest.mark.parametrize("name", HEAVY)
def test_nothing_heavy_is_imported_before_the_window_is_painted(name: str, at_start: set[str]) -> None:
    assert name not in at_start


def test_after_the_warming_up_a_draft_imports_no_more_of_the_window() -> None:
    warm = "\n".join(f"import {name}" for name in ("caiso_desktop.ui.start", *WINDOW_PARTS, *DRAFT_PARTS))
    statements = ast.walk(ast.parse(Path(draft_panel.__file__).read_text(encoding="utf-8")))
    draft = "\n".join(ast.unparse(each) for each in statements if isinstance(each, ast.Import | ast.ImportFrom))
    assert "AnswerPanel" in draft
    assert imported(f"{warm}\n{draft}") == imported(warm)


def test_garbage_is_looked_for_once_the_window_is_painted_and_everything_is_warm(tmp_path: Path) -> None:
    program = """
import caiso_desktop.__main__, gc
assert not gc.isenabled()
from PySide6.QtCore import QTimer
from caiso_desktop.ui.start import Program
program = Program([])
assert not gc.isenabled()
look = QTimer()
look.timeout.connect(lambda: gc.isenabled() and program.window.close())
look.start(20)
program.run()
assert gc.isenabled() and gc.get_freeze_count()
"""
    home = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"), str(tmp_path))
    assert "caiso_desktop.ui.answer_panel" in imported(program, **home, QT_QPA_PLATFORM="offscreen")


OPENING = """
import sys, threading
from PySide6.QtCore import QTimer
from caiso_desktop.ui.start import Opening
opening = Opening([])
seen = []
def look():
    program = opening.program
    built = [] if program is None else [name for name in ("house", "appearance", "window") if name in vars(program)]
    if built not in seen:
        seen.append(built)
    if len(built) == WANTED:
        opening.frame.close()
    elif program is None or WANTED < 3 or len(built) < 3:
        QTimer.singleShot(0, look)
QTimer.singleShot(0, look)
assert opening.run() == 0
assert not opening.frame.isVisible()
assert len(seen[-1]) == WANTED, seen
assert len(seen) == WANTED + 1, seen
assert WANTED == 0 or not opening.program.house.memory.window_lock.held
assert [each.name for each in threading.enumerate() if each.name.startswith("job")] == []
"""


@pytest.mark.parametrize("built", [0, 1, 2, 3])
def test_a_frame_that_is_closed_while_it_is_furnished_leaves_nothing_behind(tmp_path: Path, built: int) -> None:
    home = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"), str(tmp_path))
    imported(OPENING.replace("WANTED", str(built)), **home, QT_QPA_PLATFORM="offscreen")
