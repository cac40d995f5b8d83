"""The program as it is started: once for a user, after it broke, and in safe mode."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
HELD = """
import sys
from PySide6.QtCore import QTimer
from caiso_desktop.ui import start
program = start.Program(sys.argv[1:])
def told(text):
    print(text, flush=True)
come = program.window.come_to_front
program.window.come_to_front = lambda: (come(), told("front"))
look = program._look_after
def looked():
    look()
    told("ready")
    %s
program._look_after = looked
sys.exit(program.run())
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the folders of a user are given by the environment")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user of the test's own."""
    places = {name: str(tmp_path / name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME")}
    return {**os.environ, **places, "PYTHONPATH": str(CHECKOUT), "QT_QPA_PLATFORM": "offscreen"}


@contextmanager
def started(environment: dict[str, str], *arguments: str, then: str = "pass") -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", HELD % then, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True) as window:
        try:
            assert window.stdout is not None
            assert window.stdout.readline() == "ready\n", window.stderr.read() if window.stderr else ""
            yield window
        finally:
            window.kill()


def test_a_second_start_brings_the_first_to_the_front(environment: dict[str, str]) -> None:
    with started(environment) as first:
        second = subprocess.run(
            [sys.executable, "-m", "caiso_desktop", "--environment", "production"],
            env=environment, timeout=60, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (second.returncode, second.stderr) == (0, "")
        assert first.stdout is not None
        assert first.stdout.readline() == "front\n"


@pytest.mark.parametrize("how", ["import os; os.abort()", "raise ValueError('password=hunter2 of the draft')"])
def test_what_broke_is_offered_at_the_next_start(environment: dict[str, str], tmp_path: Path, how: str) -> None:
    with started(environment, then=how) as first:
        # One that aborts is gone; one that goes on after a fault has written it down before it may be ended.
        while first.poll() is None and not any(tmp_path.rglob("crash-*.txt")):
            time.sleep(0.01)
        first.kill()
        first.wait()
    then = (
        "strip = program.window.safety.strip;"
        "check = QTimer(program.window); check.setInterval(20);"
        "check.timeout.connect(lambda: strip.text and (told(strip.text.replace(chr(10), ' ')), check.stop()));"
        "check.start()"
    )
    with started(environment, then=then) as second:
        assert second.stdout is not None
        assert "The program broke the last time" in second.stdout.readline()
    reports = [path.read_text() for path in sorted(tmp_path.rglob("crash-*.txt"))]
    assert len(reports) == 1, "\n\n".join(reports)
    [text] = reports
    assert "CAISO Desktop: " in text
    assert "hunter2" not in text
    assert ("ValueError" in text) or ("Aborted" in text)


def test_safe_mode_opens_nothing_and_says_so(environment: dict[str, str]) -> None:
    then = "told(program.window.safety.strip.text.replace(chr(10), ' ') + str(len(program.window.drafts.panels)))"
    with started(environment, "--safe-mode", then=then) as window:
        assert window.stdout is not None
        line = window.stdout.readline()
        assert "Safe mode" in line
        assert line.endswith("0\n")


def test_without_a_terminal_a_start_that_fails_ends_quietly(environment: dict[str, str], tmp_path: Path) -> None:
    program = (
        "import sys; sys.stderr = sys.stdout = None;"
        "from caiso_desktop.ui import start; sys.exit(start.main(['--environment', 'nowhere']))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], env=environment, timeout=60, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", "")
