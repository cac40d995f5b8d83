"""How long the window stands still at its worst moments: run this file, it prints times and ratios.

    python tests/benchmarks/bench_window.py [--megabytes 200]

The window is the program's own, with a home of its own and no display. A timer that wants to beat every millisecond
tells how long it was kept waiting: ``stands still`` is time by the clock, ``works`` the processor time of the window's
own thread meanwhile, which a busy computer changes less. Wanted: no work of 100 ms or more. The ratio is to the work of
a bare `QPlainTextEdit` that is given the same text, or typed into, in the same run.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from caiso_desktop.model.answer import Answer, Outcome, Part
from caiso_desktop.model.call import Call, Operation
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.exchange import Exchange, SentRequest
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.model.transport import Response, Timings
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.palette import Scheme
from caiso_desktop.ui.start import Opening, Program
from caiso_desktop.ui.sweeper import sweep_out
from caiso_desktop.ui.window import Window

WANTED = 0.100
PAYLOAD = 1_900_000
LIVE = 1.0
"""Seconds that the window is watched after each thing, for what comes late: checks, colours, indexes."""

TARGET = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.DOCATTACH)
RECORD = "  <GeneratingBid>\n    <mrid>{0:08d}</mrid>\n    <price hour='{1}'>{1}.25</price>\n  </GeneratingBid>\n"


class Heart:
    """Beats as long as something is watched; keeps the longest pause."""

    def __init__(self) -> None:
        self.stood = self.worked = 0.0
        self._last = (0.0, 0.0)
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def watch(self, do: Callable[[], object], live: float = LIVE) -> tuple[float, float]:
        """The longest pause, by the clock and in work, while ``do`` and what follows from it happen."""
        self.stood = self.worked = 0.0
        self._last = (time.perf_counter(), time.thread_time())
        self._timer.start(1)
        QTimer.singleShot(0, do)
        rest(live)
        self._timer.stop()
        return self.stood, self.worked

    def _beat(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        self.stood = max(self.stood, now[0] - self._last[0])
        self.worked = max(self.worked, now[1] - self._last[1])
        self._last = now


def rest(seconds: float) -> None:
    """Let the window do what it has to do."""
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def payload_text(size: int) -> str:
    """A payload of about ``size`` characters."""
    records, number, length = [], 0, 0
    while length < size - 100:
        records.append(RECORD.format(number, number % 24))
        length += len(records[-1])
        number += 1
    return "<BidSet>\n" + "".join(records) + "</BidSet>\n"


def write_answer(path: Path, megabytes: int) -> None:
    """A report of so many megabytes."""
    piece = "".join(RECORD.format(number, number % 24) for number in range(5000)).encode()
    with path.open("wb") as file:
        file.write(b"<?xml version='1.0' encoding='UTF-8'?>\n<CleanBidSet>\n")
        while file.tell() < megabytes * 1_000_000:
            file.write(piece)
        file.write(b"</CleanBidSet>\n")


def exchange_of(panel: DraftPanel, body: Path) -> Exchange:
    """A call of a draft that was answered with a file."""
    environment = panel.desk.environment.id
    operation = Operation("retrieve", TARGET.variant, Kind.RETRIEVE, "", "{urn:x}Request", "{urn:x}CleanBidSet")
    request = body.with_suffix(".request")
    request.write_bytes(b"<Envelope/>")
    now, size = datetime.now(UTC), body.stat().st_size
    return Exchange(
        "1",
        Call(environment, TARGET, b""),
        operation,
        None,
        now,
        SentRequest("POST", "https://127.0.0.1/", (), request),
        Response(200, "OK", (("Content-Type", "text/xml"),), body, size, now, Timings(total=1.0)),
        Answer(Outcome.SUCCESS, body, "CleanBidSet", (), parts=(Part("report", "text/xml", body, size),)),
    )


def bare_editor(heart: Heart, text: str) -> tuple[float, float]:
    """The work of a bare editor that is given a text, and its worst key while one types into it."""
    editor = QPlainTextEdit()
    editor.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    editor.resize(600, 600)
    editor.show()
    rest(0.2)
    _, shown = heart.watch(lambda: editor.setPlainText(text))
    _, typed = heart.watch(Typist(editor).type, 2.0)
    return shown, typed


class Typist:
    """Types one character every 10 ms, a hundred times."""

    def __init__(self, editor: QPlainTextEdit) -> None:
        self._editor = editor
        self._left = 100

    def type(self) -> None:
        """Type the next character."""
        self._left -= 1
        QTest.keyClick(self._editor, Qt.Key.Key_X)
        if self._left:
            QTimer.singleShot(10, self.type)


def say(what: str, watched: tuple[float, float], bare: float | None = None) -> None:
    """Print one line."""
    stood, worked = watched
    ratio = f", {worked / bare:5.1f} times a bare editor's {bare * 1000:.0f} ms" if bare else ""
    verdict = "" if worked < WANTED else "   TOO LONG"
    print(f"{what:44} stands still {stood * 1000:5.0f} ms, works {worked * 1000:5.0f} ms{ratio}{verdict}")


def main(megabytes: int) -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as home:
        for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            os.environ[name] = home
        opening, heart = Opening([]), Heart()
        try:
            say("the window is built behind its frame", heart.watch(opening.begin, 4.0))
            program = opening.program
            assert program is not None
            drive(program, heart, Path(home), megabytes)
        finally:
            opening.frame.close()
            opening.close()


def drive(program: Program, heart: Heart, folder: Path, megabytes: int) -> None:
    """Everything that a user does to the window, with what may be slow."""
    window, text = program.window, payload_text(PAYLOAD)
    bare_show, bare_key = bare_editor(heart, text)
    say("the first draft", heart.watch(lambda: window.open_draft(TARGET)))
    say("the second draft", heart.watch(lambda: window.open_draft(TARGET)))
    say("the third draft", heart.watch(lambda: window.open_draft(TARGET)))
    panel = window.drafts.current
    assert panel is not None
    draft = Draft(text)
    say("a payload of 1.9 MB is shown", heart.watch(lambda: panel.payload.show_draft(draft), 3.0), bare_show)
    say("typing into 1.9 MB", heart.watch(Typist(panel.payload.editor).type, 3.0), bare_key)
    edit(panel, heart, folder, text)
    look_at_answer(panel, heart, folder, megabytes)
    go_about(window, heart)
    rest(3.0)
    for scheme in (Scheme.DARK, Scheme.LIGHT):
        watched = heart.watch(lambda scheme=scheme: program.appearance.choose(scheme), 3.0)  # type: ignore[misc]
        say(f"the colours become {scheme}", watched, bare_show)


def edit(panel: DraftPanel, heart: Heart, folder: Path, text: str) -> None:
    """What one does to a long payload, and files of several kinds."""
    editor, payload = panel.payload.editor, panel.payload
    editor.setFocus()
    control = Qt.KeyboardModifier.ControlModifier
    for what, key in (
        ("all of it is selected", Qt.Key.Key_A),
        ("copied", Qt.Key.Key_C),
        ("cut", Qt.Key.Key_X),
        ("pasted", Qt.Key.Key_V),
        ("taken back", Qt.Key.Key_Z),
        ("taken back to what was cut", Qt.Key.Key_Z),
        ("done again", Qt.Key.Key_Y),
        ("taken back again", Qt.Key.Key_Z),
    ):
        watched = heart.watch(lambda key=key: QTest.keyClick(editor, key, control), 2.0)  # type: ignore[misc]
        say(f"  {what}", watched)
    say("  its last line is gone to", heart.watch(lambda: editor.go_to(editor.lines, 1)))
    kinds = {
        "1.9 MB with CR LF": text.replace("\n", "\r\n")[:PAYLOAD].encode(),
        "1.9 MB beyond ASCII": text.replace("mrid", "mr\u0131d").encode()[: PAYLOAD - 1],
        "1.9 MB of short lines": b"<a/>\n" * (PAYLOAD // 5),
        "60 MB": text.encode() * 31,
    }
    for kind, data in kinds.items():
        path = folder / "payload.xml"
        path.write_bytes(data)
        say(f"a file of {kind} is opened", heart.watch(lambda path=path: payload.open(path), 3.0))  # type: ignore[misc]
        if payload.file is None:
            say("  typing into it", heart.watch(Typist(editor).type, 2.5))
    payload.show_draft(Draft(text))
    rest(3.0)


def look_at_answer(panel: DraftPanel, heart: Heart, folder: Path, megabytes: int) -> None:
    """A big answer and its pages."""
    body = folder / "answer.xml"
    write_answer(body, megabytes)
    exchange = exchange_of(panel, body)
    say(f"an answer of {megabytes} MB arrives", heart.watch(lambda: panel.desk.set_exchange(exchange), 5.0))
    for page in range(panel.answer.views.count()):
        title = panel.answer.views.tabText(page).lower()
        watched = heart.watch(lambda page=page: panel.answer.views.setCurrentIndex(page))  # type: ignore[misc]
        say(f"its page {title}", watched)


def go_about(window: Window, heart: Heart) -> None:
    """From draft to draft, and from service to service."""
    tabs = window.drafts
    say("the next draft comes to the front", heart.watch(lambda: tabs.step(1)))
    say("the one with 1.9 MB comes back", heart.watch(lambda: tabs.step(-1)))
    say("it is closed", heart.watch(tabs.close_current))
    say("it is opened again", heart.watch(tabs.reopen, 2.0))
    window.services.focus_filter()
    field: QLineEdit = window.findChild(QLineEdit, "serviceFilter")  # type: ignore[assignment]  # it is there
    for key in (Qt.Key.Key_B, Qt.Key.Key_I, Qt.Key.Key_D, Qt.Key.Key_Escape):
        watched = heart.watch(lambda key=key: QTest.keyClick(field, key), 0.5)  # type: ignore[misc]
        say(f"a key in the filter of services: {key.name[4:]}", watched)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=200)
    main(parser.parse_args().megabytes)
    sweep_out()
