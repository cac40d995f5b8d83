"""The form beside a payload's XML: which shape it is drawn from, when it is off, and how it follows the text."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from caiso_desktop.model.call import Problem
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.composition import Composition
from caiso_desktop.model.error import CaisoError, Cancelled
from caiso_desktop.model.form.addition import OpenPlace
from caiso_desktop.model.grid.table import path_of
from caiso_desktop.model.judgement import Judgement
from caiso_desktop.model.outline import NodePath, Outline
from caiso_desktop.model.payload import Payloads
from caiso_desktop.model.service import Target
from caiso_desktop.model.shape import Shape
from caiso_desktop.model.text_map import TextMap
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.form.composing import Composing
from caiso_desktop.ui.form.form_view import FormView
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named
from caiso_desktop.ui.pause import pause

PATIENCE_MS = 150
"""For how long a form waits for its shape before it is drawn without."""

_EMPTY = (
    "No form: the payload is empty",
    "Begin with rows in the grid, write it in the XML, open a file, or press Reset.",
)
_INFERRED = "Inferred, not checked"


class FormPanel(QWidget):
    """Draws the form while it is entered. ``told`` has a sentence about an edit that was not made.

    ``unheld`` says why the draft is not edited here, empty where it is; ``preparing`` whether it is still to come.
    """

    told = Signal(str)

    def __init__(
        self,
        desk: Desk,
        payloads: Payloads,
        jobs: Jobs,
        composing: Composing,
        unheld: Callable[[], str],
        preparing: Callable[[], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._payloads = payloads
        self._jobs = jobs
        self._composing = composing
        self._unheld = unheld
        self._preparing = preparing
        named(self, "payloadForm", "Payload, form")
        self.view = FormView()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.setFocusProxy(self.view.fields)
        self._entered = False
        self._shape: Shape | None = None
        self._for: tuple[Target | None, str] | None = None
        self._asking: CancelToken | None = None
        self._judgement: Judgement | None = None
        self._wanted: int | None = None
        self._late = pause(self, PATIENCE_MS, self._draw)
        composing.read.connect(self._read)
        composing.spliced.connect(self._spliced)
        composing.unreadable.connect(self._unreadable)
        composing.refused.connect(lambda error: self.told.emit(f"{error.title}: {error.detail} {error.advice}".strip()))
        self.view.asked.connect(self._splice)
        self.view.open_asked.connect(self._write)

    def enter(self, position: int) -> None:
        """The form is seen now, or another draft: go to the field that stands at a position of the text."""
        self._wanted = position
        self._for = None
        self._entered = True
        draft = self._desk.draft
        if self._unheld():
            self._turn_off("No form: the payload has characters that no editor here can hold", self._unheld())
        elif self._preparing():
            self._turn_off("Preparing a payload to begin with…", "")
        elif not draft.text.strip():
            self._turn_off(*_EMPTY)
        else:
            self._composing.follow(self)

    def leave(self) -> int | None:
        """The form is seen no more: the position of the field in hand."""
        self._entered = False
        place = self.place()
        self._composing.leave(self)
        return place

    def place(self) -> int | None:
        """Where the field in hand stands in the text."""
        outline, row = self.view.model.outline, self.view.fields.current
        if outline is None or row is None or outline.revision != self._composing.whole.draft.revision:
            return None
        extent = outline.value_extent(row.path, row.name) if row.attribute or row.path == () else None
        return extent.start if extent is not None else outline.content(row.path).start

    def show_judgement(self, judgement: Judgement | None) -> None:
        """Mark what is wrong at its fields."""
        self._judgement = judgement
        outline = self.view.model.outline
        if not self._entered or outline is None:
            return
        problems: dict[NodePath, list[Problem]] = {}
        places = TextMap(self._composing.whole.draft)
        for each in judgement.problems if judgement is not None else ():
            problems.setdefault(place_of(each, outline, places), []).append(each)
        self.view.show_problems(problems)

    def go_to_problem(self, problem: Problem) -> bool:
        """Go to the field that a problem is about; false where there is no form."""
        outline = self.view.model.outline
        if outline is None or not self.view.shown:
            return False
        self.view.select(place_of(problem, outline, TextMap(self._composing.whole.draft)), problem.attribute)
        self.view.fields.setFocus()
        return True

    def _splice(self, splices: tuple[object, ...], going_on: object) -> None:
        self._composing.splice(*splices, going_on=going_on)  # type: ignore[arg-type]  # a signal carries them

    def _write(self, place: OpenPlace) -> None:
        """Let a person write an element for a place where any may stand."""
        from caiso_desktop.ui.form.open_dialog import OpenDialog

        dialog = OpenDialog(place, self._payloads, self._jobs, self.window())
        dialog.close_with(self._desk)
        dialog.written.connect(lambda elements: self._composing.splice(place.add(elements)))
        dialog.show()

    def _read(self, whole: Composition) -> None:
        """The elements were read from the text: draw them by the schema, or by what they look like now."""
        if not self._entered or whole.outline is None:
            return
        target, environment = self._desk.target, self._desk.environment.id
        known = self._shape if self._for == (target, environment) else None
        if known is not None and known.provenance.checked and known.root.name == whole.outline.root.name:
            self._draw()
        else:
            self._ask(whole, target, environment)

    def _spliced(self, whole: Composition) -> None:
        if whole.is_sure:
            self._draw()

    def _ask(self, whole: Composition, target: Target | None, environment: str) -> None:
        """Find out, off this thread, which shape the form is drawn from."""
        if self._asking is not None:
            self._asking.cancel()
        outline, text = whole.outline, whole.draft.text
        if not self._late.isActive():
            self._late.start()

        def look(token: CancelToken) -> Shape | None:
            try:
                known = self._payloads.shape(target, environment) if target is not None else None
            except CaisoError:
                known = None  # the judgement tells of a schema that cannot be read
            if known is not None and outline is not None and known.root.name == outline.root.name:
                return known
            return self._payloads.infer([text], "this payload")

        def done(shape: Shape | None) -> None:
            self._shape, self._for = shape, (target, environment)
            self._draw()

        def failed(error: CaisoError) -> None:
            if not isinstance(error, Cancelled):
                self._shape, self._for = None, (target, environment)
                self._draw()

        self._asking = self._jobs.run(look, owner=self, done=done, failed=failed)

    def _draw(self) -> None:
        self._late.stop()
        whole = self._composing.whole
        if not self._entered or whole.outline is None:
            return
        self.view.draw(whole, self._shape)
        shape = self.view.model.shape
        if shape is None:
            self.view.show_basis(_INFERRED)
        elif shape.provenance.checked:
            self.view.show_basis(str(shape.provenance), "warning" if shape.provenance.simulator_only else "muted")
        else:
            self.view.show_basis(_INFERRED, "warning")
        wanted, self._wanted = self._wanted, None
        path = whole.outline.path_at(wanted) if wanted is not None else None
        if path:
            self.view.select(path)
        self.show_judgement(self._judgement)

    def _turn_off(self, title: str, advice: str) -> None:
        self._composing.leave(self)
        self.view.turn_off(title, advice)

    def _unreadable(self, problem: Problem) -> None:
        if not self._desk.draft.text.strip():
            self.view.turn_off(*_EMPTY)
            return
        self.view.turn_off(
            "No form: the XML is not well-formed",
            f"Line {problem.line}, column {problem.column}: {problem.sentence} The form comes back when it is mended.",
        )


def place_of(problem: Problem, outline: Outline, places: TextMap) -> NodePath:
    """The element that a problem is about: by its path, else by its place in the text."""
    found = path_of(outline, problem.path) if problem.path else None
    if found is None:
        found = outline.path_at(places.position(problem.line, problem.column))
    return found or ()
