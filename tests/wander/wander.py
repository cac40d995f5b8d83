"""A user who does anything: random clicks, choices and words in the real window, on the simulator, for some time.

    python tests/wander/wander.py [SEED] [SECONDS]

By hand, for what no test thought of. Drafts are opened, sent and closed, pages come and go, dialogs are answered or
closed, files are saved in a folder of its own. Told are every exception, every crash (with its exit status), and steps
that held the GUI thread's processor longer than they should. The seed decides what is done; what the window had ready
at each moment depends on the computer, so a seed is a beginning and no recipe. The last steps are printed with an
exception. Ends with status 1 where there was one.
"""

import os
import random
import sys
import tempfile
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QWidget,
)

from caiso_desktop.model.service import Target
from caiso_desktop.ui import start

W = TypeVar("W", bound=QWidget)

SLOW = 0.3
"""Seconds of the processor that no single step should take."""

WORDS = ("", "he 8", "<a>", "{{trade_date+1}}", "2026-03-08", "UNIT_1", "1,5", "1e999", "(", '"', "sibr", "\u00a0é")
KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Escape)
NEVER = ("Quit",)
MOST_DRAFTS = 6
OWN = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA")


class Wanderer:
    """Does one thing after the other, and remembers the last few."""

    def __init__(self, program: start.Program, seed: int) -> None:
        self._program = program
        self._window = program.window
        self._random = random.Random(seed)
        self._done: deque[str] = deque(maxlen=8)
        self.steps = 0
        self.slow: list[tuple[float, str]] = []
        self.faults = 0
        self._verbs: tuple[Callable[[], None], ...] = (
            self.open_draft, self.trigger, self.trigger, self.click, self.click, self.click, self.choose,
            self.write, self.go_to, self.go_to, self.turn, self.turn, self.type_payload,
        )  # fmt: skip

    def wander(self, seconds: float) -> None:
        """Go on for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.steps += 1
            begin = time.process_time()
            try:
                self._random.choice(self._verbs)()
            except Exception as error:  # noqa: BLE001  # whatever it is, it is what we are here for
                self.tell(type(error), error, error.__traceback__)
            taken = time.process_time() - begin
            if taken > SLOW:
                self.slow.append((taken, self._done[-1] if self._done else ""))
            _pause(self._random.choice((0, 5, 30, 120)))
            if len(self._window.drafts.panels) > MOST_DRAFTS:
                self._window.drafts.close_current()

    def tell(self, kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
        """Print what went wrong, and what was done before."""
        self.faults += 1
        print("after:", *self._done, sep="\n  ", flush=True)
        traceback.print_exception(kind, error, at)

    def answer(self) -> None:
        """Answer a question that waits, or close it."""
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if popup is not None:
            popup.close()
        elif modal is not None:
            buttons = [each for each in modal.findChildren(QAbstractButton) if each.isVisible() and each.isEnabled()]
            if buttons and self._random.random() < 0.6:
                self._random.choice(buttons).click()
            else:
                modal.close()

    def open_draft(self) -> None:
        """Open a draft of any service."""
        application = self._random.choice(
            [each for each in self._program.house.catalogue.applications if each.services]
        )
        service = self._random.choice(application.services)
        version = service.versions[0]
        if version.paths:
            target = Target(application.id, service.name, version.version, self._random.choice(list(version.paths)))
            self._note(f"open {target}")
            self._window.open_draft(target)

    def trigger(self) -> None:
        """Choose something from a menu."""
        actions = [
            each
            for each in self._window.findChildren(QAction)
            if each.isEnabled() and each.text() and not any(word in each.text().replace("&", "") for word in NEVER)
        ]
        action = self._random.choice([each for each in actions if each.menu() is None])
        self._note(f"menu {action.text()}")
        action.trigger()

    def click(self) -> None:
        """Press a button."""
        button = self._any(QAbstractButton)
        if button is not None:
            self._note(f"click {button.objectName()} {button.text()}")
            button.click()

    def choose(self) -> None:
        """Choose from a list of choices."""
        box = self._any(QComboBox)
        if box is not None and box.count():
            row = self._random.randrange(box.count())
            self._note(f"choose {box.objectName()} {row}")
            box.setCurrentIndex(row)
            box.activated.emit(row)

    def write(self) -> None:
        """Write into a field."""
        field = self._any(QLineEdit)
        if field is not None:
            words = self._random.choice(WORDS)
            self._note(f"write {field.objectName()} {words!r}")
            field.setText(words)
            QTest.keyClick(field, self._random.choice((Qt.Key.Key_Return, Qt.Key.Key_Tab)))

    def go_to(self) -> None:
        """Go to a row, and press a key there."""
        view = self._any(QAbstractItemView)
        model = view.model() if view is not None else None
        if view is None or model is None or not model.rowCount():
            return
        row = self._random.randrange(min(model.rowCount(), 50))
        index = model.index(row, self._random.randrange(8))
        if not index.isValid():  # models of lists do not say how many columns they have
            index = model.index(row, 0)
        key = self._random.choice(KEYS)
        self._note(f"go to {view.objectName()} {index.row()}, {index.column()}: {key.name}")
        view.setCurrentIndex(index)
        QTest.keyClick(view, key)
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit):
            QTest.keyClicks(field, self._random.choice([word for word in WORDS if word.isascii()]))
            QTest.keyClick(field, Qt.Key.Key_Return)

    def turn(self) -> None:
        """Turn to another tab."""
        tabs = self._any(QTabWidget)
        if tabs is not None and tabs.count():
            row = self._random.randrange(tabs.count())
            self._note(f"turn {tabs.objectName()} {row}")
            tabs.setCurrentIndex(row)

    def type_payload(self) -> None:
        """Type into the payload."""
        editor = self._any(QPlainTextEdit)
        if editor is not None:
            self._note(f"type {editor.objectName()}")
            for _ in range(5):
                key = self._random.choice((Qt.Key.Key_A, Qt.Key.Key_Return, Qt.Key.Key_Less, Qt.Key.Key_Z))
                control = self._random.random() < 0.3
                held = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
                QTest.keyClick(editor, key, held)

    def _any(self, kind: type[W]) -> W | None:
        found = [each for each in QApplication.allWidgets() if isinstance(each, kind)]
        ready = [each for each in found if each.isVisible() and each.isEnabled()]
        return self._random.choice(ready) if ready else None

    def _note(self, words: str) -> None:
        self._done.append(words)


def _pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


@contextmanager
def files_in(folder: Path, chance: random.Random) -> Iterator[None]:
    """Let the system's dialogs of files answer by themselves, and open nothing outside of the program."""
    count = iter(range(1_000_000))

    def opened(*asked: object, **more: object) -> tuple[str, str]:
        known = [*folder.iterdir(), folder / "gone.xml"]
        return (str(chance.choice(known)) if chance.random() < 0.7 else "", "")

    def saved(parent: object, title: str = "", name: str = "", *more: object, **others: object) -> tuple[str, str]:
        return (str(folder / f"{next(count)}-{Path(name or 'x.xml').name}") if chance.random() < 0.7 else "", "")

    answers: dict[str, Callable[..., object]] = {
        "getOpenFileName": opened,
        "getSaveFileName": saved,
        "getOpenFileNames": lambda *asked, **more: ([name for name, _ in [opened()] if name], ""),
        "getExistingDirectory": lambda *asked, **more: "",
    }
    before = {name: getattr(QFileDialog, name) for name in answers}
    opens = QDesktopServices.openUrl
    for name, answer in answers.items():
        setattr(QFileDialog, name, staticmethod(answer))
    setattr(QDesktopServices, "openUrl", staticmethod(lambda url: True))  # noqa: B010  # mypy takes it for a method
    try:
        yield
    finally:
        for name, usual in before.items():
            setattr(QFileDialog, name, usual)
        setattr(QDesktopServices, "openUrl", opens)  # noqa: B010


def main(seed: int, seconds: float) -> int:
    """Wander, close the window as a user does, and tell."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {
            each: str(folder / each) for each in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA")
        }
        files = folder / "files"
        files.mkdir()
        program = start.Program([])
        wanderer = Wanderer(program, seed)
        answers = QTimer(interval=150)
        answers.timeout.connect(wanderer.answer)

        def drive() -> None:
            # The program's own log is open by now: what nobody catches is told here, too.
            sys.excepthook = wanderer.tell
            answers.start()
            with files_in(files, random.Random(seed)):
                wanderer.wander(seconds)
            program.application.quit()

        QTimer.singleShot(2_000, drive)
        program.run()
        print(f"seed {seed}: {wanderer.steps} steps, {wanderer.faults} exceptions")
        for taken, words in sorted(wanderer.slow, reverse=True)[:5]:
            print(f"  {taken:.2f} s: {words}")
    return 1 if wanderer.faults else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1, float(sys.argv[2]) if len(sys.argv) > 2 else 60))
