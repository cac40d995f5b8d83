"""How the views of a 200 MB document compare with merely reading it: run this file, it prints ratios.

Times depend on the computer; a ratio to what the bare libraries take in the same run does so less. Memory is the growth
of the process's resident set while the document is open (Linux only).
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from pyexpat import ParserCreate

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication, QTreeView

from caiso_desktop.ui.document.text import DocumentText
from caiso_desktop.ui.document.tree import DocumentTree
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.palette import Scheme, apply

PIECE = 1 << 16
RECORD = (
    "  <GeneratingBid>\n    <mrid>{0:08d}</mrid>\n    <name>UNIT_{0}_7_N001</name>\n"
    '    <BidSchedule product="EN">\n      <hour>{1}</hour>\n      <price>{2}.25</price>\n      <mw>{0}.5</mw>\n'
    "    </BidSchedule>\n  </GeneratingBid>\n"
)


def write_document(path: Path, size: int) -> None:
    """A document of records, about ``size`` bytes long."""
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<CleanBidSet>\n <MessagePayload>\n')
        number = 0
        while file.tell() < size:
            file.write("".join(RECORD.format(number + i, i % 24, i % 90) for i in range(2000)))
            number += 2000
        file.write(" </MessagePayload>\n</CleanBidSet>\n")


def resident() -> float:
    """The resident set of this process in MB."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, ValueError, AttributeError):
        return float("nan")


def bare_count(path: Path) -> float:
    """Seconds to count line feeds, the least that a text view has to do."""
    begun, lines = time.perf_counter(), 0
    with path.open("rb", buffering=0) as file:
        while data := file.read(1 << 18):
            lines += data.count(b"\n")
    return time.perf_counter() - begun


def bare_expat(path: Path) -> float:
    """Seconds for expat with empty handlers, the least that a tree has to do."""
    parser = ParserCreate()
    parser.StartElementHandler = lambda name, attributes: None
    parser.EndElementHandler = lambda name: None
    begun = time.perf_counter()
    with path.open("rb", buffering=0) as file:
        while data := file.read(PIECE):
            parser.Parse(data)
    parser.Parse(b"", True)
    return time.perf_counter() - begun


class Watch:
    """Opens a document in a view, and notes how long things take and how long the window stands still."""

    def __init__(self, open_document: Callable[[], None], seen: Callable[[], bool], done: Callable[[], bool]) -> None:
        self.first = self.total = self.stall = 0.0
        self._seen, self._done = seen, done
        self._loop = QEventLoop()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        before = resident()
        self._begun = self._last = time.perf_counter()
        open_document()
        self._timer.start(1)
        self._loop.exec()
        self.memory = resident() - before

    def _tick(self) -> None:
        now = time.perf_counter()
        self.stall = max(self.stall, now - self._last)
        self._last = now
        if not self.first and self._seen():
            self.first = now - self._begun
        if self._done():
            self.total = now - self._begun
            self._timer.stop()
            self._loop.quit()


def jumps(scroll: Callable[[float], None], repaint: Callable[[], None]) -> float:
    """The worst of 60 jumps to anywhere in the document, in seconds."""
    chance, worst = random.Random(3), 0.0
    for _ in range(60):
        begun = time.perf_counter()
        scroll(chance.random())
        repaint()
        worst = max(worst, time.perf_counter() - begun)
    return worst


def report(name: str, watch: Watch, jump: float, baseline: float, least: str) -> None:
    """One line of results."""
    times = f"first paint {watch.first:.3f} s   all {watch.total:.2f} s = {watch.total / baseline:.1f} x {least}"
    stalls = f"worst stall {watch.stall * 1000:.0f} ms   worst jump {jump * 1000:.0f} ms"
    print(f"{name}   {times}   {stalls}   memory +{watch.memory:.0f} MB")


def bench_text(path: Path, jobs: Jobs, baseline: float) -> None:
    """The text view."""
    view = DocumentText(jobs)
    view.resize(1000, 700)
    view.show()
    QApplication.processEvents()

    def show() -> None:
        view.open(path)
        view.area.viewport().repaint()

    watch = Watch(show, lambda: view.area.verticalScrollBar().maximum() > 0, lambda: view.complete)
    bar = view.area.verticalScrollBar()
    jump = jumps(lambda far: bar.setValue(int(far * bar.maximum())), view.area.viewport().repaint)
    report("text", watch, jump, baseline, "bytes.count")
    view.clear("")


def bench_tree(path: Path, jobs: Jobs, baseline: float) -> None:
    """The tree."""
    tree = DocumentTree(jobs)
    tree.resize(1000, 700)
    tree.show()
    QApplication.processEvents()
    view: QTreeView = tree.view

    def seen() -> bool:
        if view.model().rowCount() == 0:
            return False
        view.viewport().repaint()
        return True

    watch = Watch(lambda: tree.open(path), seen, lambda: tree.complete)
    payload = view.model().index(0, 0, view.model().index(0, 0))
    for number in range(0, view.model().rowCount(payload), 10):
        view.expand(view.model().index(number, 0, payload))
    bar = view.verticalScrollBar()
    jump = jumps(lambda far: bar.setValue(int(far * bar.maximum())), view.viewport().repaint)
    report("tree", watch, jump, baseline, "bare expat")
    tree.clear("")


def main() -> int:
    """Write the document, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    size = parser.parse_args().megabytes * 1_000_000
    application = QApplication(sys.argv[:1])
    apply(application, Scheme.LIGHT)
    jobs = Jobs()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answer.xml"
        write_document(path, size)
        count, expat = bare_count(path), bare_expat(path)
        print(f"{path.stat().st_size / 1e6:.0f} MB   bytes.count {count:.2f} s   bare expat {expat:.2f} s")
        bench_text(path, jobs, count)
        bench_tree(path, jobs, expat)
        closed = jobs.close()
    return 0 if closed else 1


if __name__ == "__main__":
    sys.exit(main())
