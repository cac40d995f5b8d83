"""What the program imports before its window is painted, and what it prepares afterwards."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from caiso_desktop.ui import draft_panel
from caiso_desktop.ui.start import DRAFT_PARTS

HEAVY = (
    *("cryptography", "httpcore2", "keyring", "lxml", "signxml", "sqlite3", "ssl", "xmlschema", "zeep"),
    *("caiso_desktop.courier", "caiso_desktop.simulator.server", "caiso_desktop.ui.document"),
    *("caiso_desktop.ui.answer_panel", "caiso_desktop.ui.help_dialog", "caiso_desktop.ui.payload_panel"),
)


def imported(program: str) -> set[str]:
    """The names of the modules that a program has imported in an interpreter of its own."""
    told = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return set(told.stdout.split())


@pytest.fixture(scope="module")
def at_start() -> set[str]:
    return imported("import caiso_desktop.ui.start")


@pytest.mark.parametrize("name", HEAVY)
def test_nothing_heavy_is_imported_before_the_window_is_painted(name: str, at_start: set[str]) -> None:
    assert name not in at_start


def test_after_the_warming_up_a_draft_imports_no_more_of_the_window() -> None:
    warm = "\n".join(f"import {name}" for name in ("caiso_desktop.ui.start", *DRAFT_PARTS))
    statements = ast.walk(ast.parse(Path(draft_panel.__file__).read_text(encoding="utf-8")))
    draft = "\n".join(ast.unparse(each) for each in statements if isinstance(each, ast.Import | ast.ImportFrom))
    assert "AnswerPanel" in draft
    assert imported(f"{warm}\n{draft}") == imported(warm)
