"""Makes the QApplication, its frame at once, and the window in it as soon as what it shows has been read.

What the frame does not need for its first paint is imported where it is used: until then nothing else is loaded.
"""

import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from caiso_desktop import __version__
from caiso_desktop.assembly.place import last_settings, user_places
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, DataBusy, StorageError
from caiso_desktop.ui.first_paint import PATIENCE, FirstPaint
from caiso_desktop.ui.frame import Frame
from caiso_desktop.ui.part import DRAFT_PARTS, HOUSE, WINDOW_PARTS, importing
from caiso_desktop.ui.step import Step, take
from caiso_desktop.ui.token import DARK, LIGHT


class Program:
    """The application, its house and its one window; in a frame that stands already, or by itself.

    In a frame nothing is built until each of ``steps`` has been taken, in its order, with the frame free to answer in
    between; by itself it is built at once. `close` is for whatever has been built.
    """

    def __init__(self, arguments: Sequence[str], frame: Frame | None = None) -> None:
        self._options = _read(arguments)
        self.application = _application()
        self._frame = frame
        self._painted = FirstPaint()
        self._prepared = threading.Event()
        self._opened: Callable[[], None] = lambda: None
        self._closing = ExitStack()
        self.steps: tuple[Step, ...] = (self._open_house, self._dress, self._make_window)
        if frame is None:
            for step in self.steps:
                step()

    def _open_house(self) -> None:
        from caiso_desktop.assembly.house import House
        from caiso_desktop.ui.certificate.asking import WindowAsking
        from caiso_desktop.ui.jobs import Jobs
        from caiso_desktop.ui.sweeper import Sweeper
        from caiso_desktop.ui.window_memory import ENVIRONMENT

        self._sweeper = Sweeper()
        self._closing.callback(self._sweeper.stop)
        self.asking = WindowAsking()
        self.house = house = House(after=self._prepared, asking=self.asking, safe_mode=self._options.safe_mode)
        self._closing.callback(house.close)
        if self._options.first_light is None and not self._alone():
            self.close()
            raise OpenElsewhere
        if self._options.environment:
            house.settings.set(ENVIRONMENT, house.catalogue.environment(self._options.environment).id)
        self.jobs = Jobs()
        self._closing.callback(self._close_diary)
        self._closing.callback(self.jobs.close)
        # Whoever waits for these need not any more.
        self._closing.callback(self._painted.happened.set)
        self._closing.callback(self._prepared.set)
        self._closing.callback(self.asking.close)

    def _dress(self) -> None:
        from caiso_desktop.ui.palette import Appearance, scheme_of
        from caiso_desktop.ui.window_memory import THEME

        self.appearance = Appearance(self.application, scheme_of(self.house.settings.get(THEME)))

    def _make_window(self) -> None:
        from caiso_desktop.ui.window import Window

        house = self.house
        self.window = Window(
            house.catalogues,
            house.courier,
            house.identities,
            house.payloads,
            house.saving,
            house.settings,
            self.jobs,
            self.appearance,
            safety=house.safety(),
            doctor=house.doctor,
            simulation=house.simulator.control,
            credentials=house.credentials(),
            asking=self.asking,
            workshop=house.workshop,
            watching=house.watching,
            network=house.reaching,
            safe_mode=self._options.safe_mode,
        )
        self._painted.look_at(self.window)

    def show(self) -> None:
        """Show the window, and prepare the first call behind it."""
        if self._frame is not None:
            self._frame.take_in(self.window)
        else:
            self.window.show()
        self.warm_up()

    def run(self) -> int:
        """Show the window until it is closed; the exit status of the program."""
        self.show()
        try:
            if self._options.first_light is None:
                return self.application.exec()
            from caiso_desktop.ui.first_light import FirstLight

            for path in FirstLight(self.window, self.house.saving, self._options.first_light).drive():
                print(path)
            return 0
        finally:
            self.close()

    def warm_up(self) -> None:
        """Prepare the first draft here, and then the first call on a worker; not before the window has been painted.

        In this order, as workers that import make this thread wait for the interpreter, and for what both import.
        """
        tell = self.jobs.relay(lambda opened: self._look_after(), owner=self.window)
        self._opened = lambda: tell(None)
        self._painted.came.connect(self._prepare_drafts)
        # What failed to be prepared is told when it is needed.
        self.jobs.run(self._warm_up, owner=self.window, done=self._settle_down, failed=self._settle_down)

    def _prepare_drafts(self) -> None:
        take(
            [*importing(DRAFT_PARTS), self._prepared.set],
            self.window,
            wanted=lambda: not self._prepared.is_set(),
            failed=lambda error: self._prepared.set(),  # told when a draft is opened, which imports it again
        )

    def _settle_down(self, outcome: object) -> None:
        self._sweeper.begin()

    def _alone(self) -> bool:
        """Whether no other window of this user is open; else that one comes to the front."""
        memory = self.house.memory
        try:
            if memory.window_lock.take():
                return True
        except StorageError:
            return True  # Where nothing can be written there is nothing to share either; each call says so.
        from caiso_desktop.ui.one_window import bring_first_to_front, name_for

        name = name_for(str(self.house.places.data))
        if not bring_first_to_front(name, memory.window_lock.holder()):
            raise DataBusy("the window of this user is open already, but does not answer.")
        return False

    def _look_after(self) -> None:
        """Once the log is open: hear what Qt says, offer reports of crashes, and let other starts call this window."""
        from caiso_desktop.ui.one_window import OneWindow, name_for
        from caiso_desktop.ui.qt_log import log_qt

        log_qt()
        self.window.safety.offer_reports(self.house.diary)
        if self.house.memory.window_lock.held:
            self._others = OneWindow(name_for(str(self.house.places.data)), self.window)
            self._others.asked.connect(self.window.come_to_front)

    def close(self) -> None:
        """Stop what is under way and let go of everything."""
        self._closing.close()

    def _close_diary(self) -> None:
        if "diary" in vars(self.house):
            self.house.diary.close()

    def _warm_up(self, token: CancelToken) -> None:
        self._painted.happened.wait(PATIENCE)
        if not token.cancelled:
            self.house.diary.open()
            self._opened()
        self._prepared.wait(PATIENCE)
        if not token.cancelled:
            self.house.warm_up()


class OpenElsewhere(Exception):
    """The user's window is open in another process, and was brought to the front."""


class Opening(QObject):
    """Opens the program: the frame at once, and what is in it step by step when its parts have been imported.

    What knows no Qt is imported on a thread; what does, and every widget, is of this one (`caiso_desktop.ui.part` says
    why), and between two steps the frame answers. One that was closed meanwhile gets nothing any more.
    """

    _imported = Signal()

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__()
        self._arguments = arguments
        self.application = _application()
        self.frame = _frame(self.application, _read(arguments).environment)
        self._painted = FirstPaint()
        self._painted.look_at(self.frame)
        self.program: Program | None = None
        self._failure: Exception | None = None
        self._imported.connect(self._furnish)  # emitted on another thread, so delivered by the event loop of this one

    def begin(self) -> None:
        """Show the frame, and begin to import what goes into it."""
        self.frame.show()
        # Not a daemon: one that still imports when the interpreter goes would be stopped in the middle of C++.
        threading.Thread(target=self._import, name="opening").start()

    def run(self) -> int:
        """Show the window until it is closed; the exit status of the program."""
        self.begin()
        try:
            status = self.application.exec()
        finally:
            self.close()
        if self._failure is not None:
            raise self._failure
        return status

    def close(self) -> None:
        """Let go of what has been built."""
        self._painted.happened.set()
        if self.program is not None:
            self.program.close()

    def _import(self) -> None:
        self._painted.happened.wait(PATIENCE)
        try:
            import_module(HOUSE)
        except Exception as error:  # noqa: BLE001  # told by the thread that waits
            self._failure = error
        self._imported.emit()

    def _furnish(self) -> None:
        if self._failure is not None:
            self._give_up()
        elif self.frame.isVisible():
            self.program = Program(self._arguments, self.frame)
            steps = (*importing(WINDOW_PARTS), *self.program.steps, self.program.show)
            take(steps, self, wanted=self.frame.isVisible, failed=self._fail)

    def _fail(self, error: Exception) -> None:
        self._failure = error  # raised again by `run`, where it is told
        self._give_up()

    def _give_up(self) -> None:
        self.frame.close()
        self.application.quit()


def _application() -> QApplication:
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(["caiso-desktop"])
    application.setApplicationName("CAISO Desktop")
    application.setApplicationVersion(__version__)
    return application


def _frame(application: QApplication, environment: str | None) -> Frame:
    """The frame as the window was left: its place, its scheme, and the colour of its environment."""
    last = last_settings(user_places())
    scheme = last.get("window.theme", "system")
    dark = application.palette().window().color().lightness() < 128 if scheme == "system" else scheme == "dark"
    tokens = DARK if dark else LIGHT
    place = environment or last.get("window.environment", "simulator")
    stripe = getattr(tokens, place.replace("-", "_"), tokens.text_muted)
    return Frame(tokens, stripe, last.get("window.geometry"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window; the exit status of the program."""
    status = _open(sys.argv[1:] if arguments is None else arguments)
    from caiso_desktop.ui.sweeper import sweep_out

    sweep_out()
    return status


def _open(arguments: Sequence[str]) -> int:
    try:
        if _read(arguments).first_light is not None:
            return Program(arguments).run()
        return Opening(arguments).run()
    except OpenElsewhere:
        return 0
    except CaisoError as error:
        _say(error)
        return 1
    except Exception:  # noqa: BLE001  # no traceback reaches a user
        # Before the log is open; afterwards what nobody caught is written down there.
        _say(CaisoError("The program met a case it was not made for.", advice="Try again with --safe-mode."))
        return 1


def _say(error: CaisoError) -> None:
    """Tell why there is no window: in a terminal where there is one (pythonw has none), and to whoever looks."""
    if sys.stderr is not None:
        print(f"caiso-desktop: {error}", file=sys.stderr)
    if QGuiApplication.platformName() != "offscreen":
        from PySide6.QtWidgets import QMessageBox

        QMessageBox.critical(None, "CAISO Desktop", str(error))


class Options(NamedTuple):
    """What the command line asks for."""

    environment: str | None = None
    first_light: Path | None = None
    safe_mode: bool = False


def _read(arguments: Sequence[str]) -> Options:
    """Read the command line; ends the program where it asks for help or is wrong."""
    if not arguments:
        return Options()
    import argparse

    parser = argparse.ArgumentParser(prog="caiso-desktop", description="The web services of the California ISO.")
    parser.add_argument("--version", action="version", version=f"CAISO Desktop {__version__}")
    parser.add_argument("--environment", metavar="E", help="the environment of new drafts: simulator, map-stage ...")
    parser.add_argument(
        "--first-light",
        type=Path,
        metavar="FOLDER",
        help="drive the window through one call on the simulator, save its answer and a picture there, and end",
    )
    parser.add_argument(
        "--safe-mode", action="store_true", help="open no draft of the last time, and leave your catalogue files out"
    )
    return Options(**vars(parser.parse_args(arguments)))
