"""One draft for two views: edits of the XML's text and edits by elements, in one order, with one history."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.call import Problem
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.composition import Composition
from caiso_desktop.model.draft import EDITABLE_BYTES, Draft
from caiso_desktop.model.error import CaisoError, Cancelled, EditRefused
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.payload import Payloads
from caiso_desktop.model.splice import Splice
from caiso_desktop.model.undo import Edit, Undo
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.jobs import Jobs


class Composing(QObject):
    """Keeps the desk's draft, its elements and the history of its edits in step.

    The elements are read, by a worker, while somebody follows them (`follow`); the last answer wins. ``read`` comes
    with each composition whose elements were read from the text, ``spliced`` with each that an edit by elements made;
    ``unreadable`` with what is wrong with a text that has no elements, ``refused`` with why an edit was not made.
    """

    read = Signal(Composition)
    unreadable = Signal(Problem)
    spliced = Signal(Composition)
    refused = Signal(EditRefused)

    def __init__(self, desk: Desk, payloads: Payloads, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._payloads = payloads
        self._jobs = jobs
        self._whole = Composition(desk.draft)
        self._followers: set[int] = set()
        self._reading: CancelToken | None = None
        self._going_on: object = None
        self.undone = Undo()

    @property
    def whole(self) -> Composition:
        """The draft with its elements, as far as they are known."""
        return self._whole

    def begin(self, draft: Draft, undone: Undo | None = None) -> None:
        """Another draft, with its history."""
        self._whole = Composition(draft)
        self.undone = undone or Undo()
        self._going_on = None
        self._desk.set_draft(draft)
        self._read()

    def typed(self, view: str) -> None:
        """The view of the draft was edited into this."""
        before = self._whole.draft
        after = before.with_view(view)
        if after is before:
            return
        self.undone = self.undone.recorded(before, after)
        self._take(after, Edit.between(before.text, after.text))

    def become(self, draft: Draft) -> None:
        """Another draft that came of this one, as one step."""
        before = self._whole.draft
        if draft.text != before.text:
            self.undone = self.undone.recorded(before, draft)
            self._take(replace(draft, revision=before.revision + 1), Edit.between(before.text, draft.text))

    def splice(self, *splices: Splice, going_on: object = None) -> bool:
        """Make edits by elements, all of them or none, as one step; whether they were made.

        What goes on with the step before (the same ``going_on``, not None) is taken back together with it.
        """
        before = whole = self._whole
        try:
            for each in splices:
                whole, _ = whole.spliced(each)
        except EditRefused as error:
            self.refused.emit(error)
            return False
        if whole is before:
            return True
        goes_on = going_on is not None and going_on == self._going_on
        self.undone = self.undone.recorded(before.draft, whole.draft, goes_on=goes_on)
        self._whole = whole
        self._going_on = going_on
        self._stop()
        self._desk.set_draft(whole.draft)
        self.spliced.emit(whole)
        if not whole.is_sure:
            self._read()
        return True

    def turn(self, turn: Callable[[Undo, Draft], tuple[Draft, Undo] | None]) -> bool:
        """Take an edit back or do it again (`Undo.back`, `Undo.forth`); whether there was one."""
        before = self._whole.draft
        turned = turn(self.undone, before)
        if turned is None:
            return False
        draft, self.undone = turned
        self._take(draft, Edit.between(before.text, draft.text))
        return True

    def follow(self, follower: QObject) -> None:
        """Read the elements as long as somebody follows them."""
        self._followers.add(id(follower))
        if self._whole.is_sure:
            self.read.emit(self._whole)
        elif self._reading is None:
            self._read()

    def leave(self, follower: QObject) -> None:
        """Follow them no more."""
        self._followers.discard(id(follower))
        if not self._followers:
            self._stop()
            self._whole = Composition(self._whole.draft)

    def _take(self, draft: Draft, edit: Edit) -> None:
        self._whole = self._whole.edited(draft, edit)
        self._going_on = None
        self._desk.set_draft(draft)
        self._read()

    def _stop(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _read(self) -> None:
        self._stop()
        draft = self._whole.draft
        if not self._followers or len(draft.text) > EDITABLE_BYTES:
            return  # a payload too big to be edited has no form, and the elements of its text would fill the memory

        def done(found: Outline | Problem) -> None:
            self._reading = None
            if draft.revision != self._whole.draft.revision or draft.text != self._whole.draft.text:
                return
            if isinstance(found, Outline):
                self._whole = self._whole.read(found)
                self.read.emit(self._whole)
            else:
                self.unreadable.emit(found)

        def failed(error: CaisoError) -> None:
            if not isinstance(error, Cancelled):
                self.refused.emit(EditRefused(error.detail, advice=error.advice))

        self._reading = self._jobs.run(
            lambda token: self._payloads.outline(draft), owner=self, done=done, failed=failed
        )
