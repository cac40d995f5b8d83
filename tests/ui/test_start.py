"""What the program imports before its window is painted, and what it prepares afterwards."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from caiso_desktop.ui import draft_panel
from caiso_desktop.ui.part import DRAFT_PARTS, HOUSE, WINDOW_PARTS

HEAVY = (
    *("cryptography", "h11", "keyring", "lxml", "signxml", "sqlite3", "ssl", "xmlschema", "zeep"),
    *("caiso_desktop.courier", "caiso_desktop.simulator.server", "caiso_desktop.ui.document"),
    *("caiso_desktop.ui.answer_panel", "caiso_desktop.ui.help_dialog", "caiso_desktop.ui.payload_panel"),
)


def imported(program: str, **environment: str) -> set[str]:
    """The names of the modules that a program has imported in an interpreter of its own."""
    told = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules)"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )
    assert told.returncode == 0, told.stderr
    return set(told.stdout.split())


LIGHT = {
    f"caiso_desktop{name}"
    for name in (
        *("", ".assembly", ".assembly.place", ".model", ".model.cancel", ".model.error", ".store"),
        *(
            ".store.last_setting",
            ".ui",
            ".ui.first_paint",
            ".ui.frame",
            ".ui.part",
            ".ui.start",
            ".ui.step",
            ".ui.token",
        ),
    )
}


@pytest.fixture(scope="module")
def at_start() -> set[str]:
    return imported("\n".join(f"import {name}" for name in ("caiso_desktop.ui.start", HOUSE, *WINDOW_PARTS)))


def test_the_frame_is_painted_before_anything_else_is_imported() -> None:
    assert {name for name in imported("import caiso_desktop.ui.start") if name.startswith("caiso_desktop")} == LIGHT


@pytest.mark.parametrize("name", HEAVY)
def test_nothing_heavy_is_imported_before_the_window_is_painted(name: str, at_start: set[str]) -> None:
    assert name not in at_start


def test_after_the_warming_up_a_draft_imports_no_more_of_the_window() -> None:
    warm = "\n".join(f"import {name}" for name in ("caiso_desktop.ui.start", HOUSE, *WINDOW_PARTS, *DRAFT_PARTS))
    statements = ast.walk(ast.parse(Path(draft_panel.__file__).read_text(encoding="utf-8")))
    draft = "\n".join(ast.unparse(each) for each in statements if isinstance(each, ast.Import | ast.ImportFrom))
    assert "AnswerPanel" in draft
    assert imported(f"{warm}\n{draft}") == imported(warm)


def test_what_the_window_stands_on_knows_no_qt() -> None:
    of_qt = {
        name for name in imported(f"import {HOUSE}") if name.startswith(("PySide6", "shiboken", "caiso_desktop.ui"))
    }
    assert of_qt == set()


def home(folder: Path) -> dict[str, str]:
    """The environment of a user of the test's own."""
    names = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA")
    return {**dict.fromkeys(names, str(folder)), "QT_QPA_PLATFORM": "offscreen"}


WATCHED = """
import gc, sys, threading
import caiso_desktop.__main__
assert not gc.isenabled()
from importlib.abc import MetaPathFinder
from PySide6.QtCore import QTimer
from caiso_desktop.ui.part import DRAFT_PARTS, HOUSE, WINDOW_PARTS
from caiso_desktop.ui.start import Opening
by = {}
class Lookout(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        by[name] = threading.current_thread() is threading.main_thread()
sys.meta_path.insert(0, Lookout())
opening = Opening([])
def look():
    if gc.get_freeze_count():
        opening.frame.close()
timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
assert opening.run() == 0
assert not gc.isenabled()
assert not by[HOUSE], "what knows no Qt is imported while the frame answers"
assert all(by[part] for part in (*WINDOW_PARTS, *DRAFT_PARTS))
strays = [name for name, here in by.items() if not here and name.startswith(("PySide6", "caiso_desktop.ui"))]
assert strays == [], strays
assert not by["lxml"], "what knows no Qt is imported while the window answers"
"""


def test_a_start_imports_what_knows_qt_on_the_gui_thread_and_no_worker_collects_garbage(tmp_path: Path) -> None:
    assert "caiso_desktop.ui.answer_panel" in imported(WATCHED, **home(tmp_path))


ENDING = """
import gc
from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.ui import start
from caiso_desktop.ui.window import Window
prepare = start.Program._settle_down
def prepared(self, outcome):
    prepare(self, outcome)
    panels = [self.window.open_draft(Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)) for _ in range(3)]
    look = QTimer(self.window)
    look.timeout.connect(lambda: all(each.desk.draft.text for each in panels) and self._frame.close())
    look.start(20)
start.Program._settle_down = prepared
application = QApplication(["caiso-desktop"])
assert start.main([]) == 0
assert QApplication.allWidgets() == []
assert [each for each in gc.get_objects() if isinstance(each, QIcon | Window)] == []
"""


def test_nothing_of_the_window_is_left_to_the_end_of_the_interpreter(tmp_path: Path) -> None:
    imported(ENDING, **home(tmp_path))


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
    imported(OPENING.replace("WANTED", str(built)), **home(tmp_path))
