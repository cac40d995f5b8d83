"""How long the program takes from process start to its first paint, against a bare PySide6 window.

    python tests/benchmarks/bench_start.py [ROUNDS]

All start in processes of their own, in turns; the ratios of the medians are printed. The first paint is that of the
frame (wanted: at most 1.5); the second figure is the first paint of the whole window in it, with the catalogue's tree.
A window of ordinary widgets with a style sheet and none of our code takes about 1.4.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

BARE = """
import os, sys
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow
class Spy(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            os._exit(0)
        return False
app = QApplication(sys.argv[:1])
window = QMainWindow()
window.resize(1280, 800)
spy = Spy()
window.installEventFilter(spy)
window.show()
app.exec()
"""

OURS = """
import os, sys
import caiso_desktop.__main__
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QMainWindow
from caiso_desktop.ui.start import Opening
class Spy(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow) and watched.objectName() == NAME:
            os._exit(0)
        return False
opening = Opening([])
spy = Spy()
opening.application.installEventFilter(spy)
sys.exit(opening.run())
"""
FRAME, WHOLE = (OURS.replace("NAME", repr(name)) for name in ("frame", "window"))


def start(program: str, home: str) -> float:
    """The seconds from starting a process to its window's first paint, at which it ends itself."""
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    environment |= {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home}
    # As on a user's machine: without this, Python would compile our modules anew at each start.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True)
    return time.perf_counter() - began


def main(rounds: int) -> None:
    """Measure in turns, after one round that warms the disk's cache."""
    with tempfile.TemporaryDirectory() as home:
        programs = (BARE, FRAME, WHOLE)
        for program in programs:
            start(program, home)
        times = [tuple(start(program, home) for program in programs) for _ in range(rounds)]
    bare, frame, whole = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"bare PySide6 window {bare:.3f} s, first paint {frame:.3f} s, ratio {frame / bare:.2f} (wanted <= 1.5)")
    print(f"the whole window {whole:.3f} s, ratio {whole / bare:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
