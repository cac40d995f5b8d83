"""The installed PySide6 is not one of those that lose references to None and True."""

import subprocess
import sys

# PySide6 6.12.0 on CPython 3.10 and 3.11: a void call loses a reference to None, and after some thousand of them the
# interpreter aborts. A test in this process could not report that, so the loop has one of its own.
LOOP = """
from PySide6.QtGui import QColor
for i in range(20000):
    QColor().setRed(3)
"""


def test_void_calls_keep_the_references_of_none() -> None:
    ended = subprocess.run([sys.executable, "-c", LOOP], capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")
