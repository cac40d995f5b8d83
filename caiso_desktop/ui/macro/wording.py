"""What a draft's macros mean now; and, once, what they are replaced with when it is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.draft import EDITABLE_BYTES
from caiso_desktop.model.macro import Macro, Moment, expand, has_braces, in_words, macros
from caiso_desktop.model.source import Payload, PayloadFile
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.pause import pause

_AFTER_MS = 200
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Worded:
    """A draft as it is sent: its payload, and the macros that were replaced in it."""

    payload: Payload
    macros: tuple[Macro, ...] = ()


class Wording(QObject):
    """``told`` has words for what the macros mean (empty where there are none) and their tone: ``error`` or ``muted``.

    While it is pinned it tells what was let through, which is what is sent, also after midnight.
    """

    told = Signal(str, str)

    def __init__(self, desk: Desk, offer: Offer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._offer = offer
        self._pinned: Worded | None = None
        self._file: Callable[[], Path | None] = lambda: None
        self._pause = pause(self, _AFTER_MS, self.look)
        desk.draft_changed.connect(lambda draft: self._pause.start())
        desk.environment_changed.connect(self.look)
        offer.changed.connect(self.look)
        offer.minute_passed.connect(self.look)

    def send_file(self, file: Callable[[], Path | None]) -> None:
        """Tell which file the draft is shown from: one too big to edit is sent from there, without being held."""
        self._file = file

    @property
    def pinned(self) -> Worded | None:
        """What was let through and waits to be sent."""
        return self._pinned

    def worder(self) -> Callable[[], Worded]:
        """What words the draft as it lies on the desk, with the meanings of this moment; for a worker, once.

        It raises `PayloadError` where a macro means nothing.
        """
        draft, moment, file = self._desk.draft, self.moment(), self._file()

        def word() -> Worded:
            if file is not None:
                payload = PayloadFile.of(file)
                if not has_braces(payload.pieces()):
                    return Worded(payload)
            worded, found = expand(draft, moment)
            return Worded(worded.to_bytes(), found)

        return word

    def pin(self, worded: Worded | None) -> None:
        """Tell this from now on; None: what the draft means again."""
        self._pinned = worded
        self.look()

    def look(self) -> None:
        """Tell what the macros mean."""
        self._pause.stop()
        if self._pinned is not None:
            words = " · ".join(f"{written} = {value}" for written, value in in_words(self._pinned.macros))
            self.told.emit(f"Let through with {words}" if words else "", "muted")
            return
        text = self._desk.draft.text
        if len(text) > EDITABLE_BYTES:
            # Looking through so much would hold the window; a wrong one is told before anything is sent.
            self.told.emit("Macros in it are replaced when it is sent." if "{{" in text else "", "muted")
            return
        found = macros(text, self.moment(), lambda: "a new one when it is sent")
        wrong = next((macro.problem for macro in found if macro.problem), "")
        if wrong:
            self.told.emit(wrong, "error")
            return
        said = [f"{written} = {_now(written, value)}" for written, value in in_words(found)]
        more = f" · and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
        self.told.emit(" · ".join(said[:_SHOWN]) + more, "muted")

    def moment(self) -> Moment:
        """What the macros are relative to, now."""
        return Moment(self._offer.trade_date(self._desk.environment.id), datetime.now(UTC))


def _now(written: str, value: str) -> str:
    return "the time when it is sent" if written == "{{now}}" else value
