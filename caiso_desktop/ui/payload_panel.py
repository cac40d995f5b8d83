"""The payload of a draft: begun from a skeleton or a file, edited, and checked while one types."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft, too_big_to_edit
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.judgement import Judgement
from caiso_desktop.model.payload import Payloads
from caiso_desktop.model.undo import Undo
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.document.text import DocumentText
from caiso_desktop.ui.editor.dropped import payload_file
from caiso_desktop.ui.editor.replace_bar import ReplaceBar
from caiso_desktop.ui.file_choice import FileChoice
from caiso_desktop.ui.form.composing import Composing
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.judgement.checking import Checking
from caiso_desktop.ui.named import named
from caiso_desktop.ui.payload_editor import PayloadEditor
from caiso_desktop.ui.payload_head import PayloadHead
from caiso_desktop.ui.payload_making import PayloadMaking
from caiso_desktop.ui.payload_views import XML, PayloadViews
from caiso_desktop.ui.phrase import size_words

_UNHELD = "It has a byte-order mark within, which no editor here can hold: it is sent as it stands, and not edited."


class PayloadPanel(QWidget):
    """Mirrors the desk's draft in an editor. What the editor holds reaches the desk after a pause, or by `settle`.

    ``composing`` is the draft with its elements and its history, for every view; ``file`` is set where the payload is
    too big to be edited here. ``judged`` carries what is thought of it (a `Judgement`; None while it is empty),
    ``problem_chosen`` the problem that the user wants to see, which the view shows already.
    """

    judged = Signal(object)
    problem_chosen = Signal(Problem)

    def __init__(
        self, desk: Desk, payloads: Payloads, jobs: Jobs, files: FileChoice, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._jobs = jobs
        self._files = files
        self._pristine = False
        self._settled = -1
        self._shown = -1
        self._making = PayloadMaking(desk, payloads, jobs, self)
        self.composing = Composing(desk, payloads, jobs, self)
        self.file: Path | None = None
        self.editor = PayloadEditor()
        self.replacing = ReplaceBar(self.editor, self._rewrite)
        self._viewer: DocumentText | None = None
        self._big = ""
        self.unheld = ""
        self._checking = Checking(desk, payloads, jobs, self._as_it_is, self._remark, self)
        self.problem = self._checking.line
        self.problems = self._checking.problems
        self._stack = PayloadViews(self.editor)
        self.views = self._stack.switch
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self._head())
        layout.addWidget(self.replacing)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.problem)
        layout.addWidget(self.problems)
        self._connect()
        self.setFocusProxy(self.editor)
        self.setAcceptDrops(True)

    def _head(self) -> PayloadHead:
        head = PayloadHead(self.views)
        head.format_asked.connect(self.format)
        head.open_asked.connect(self.open_file)
        head.reset_asked.connect(self.reset)
        head.fill_asked.connect(self.fill)
        return head

    def _connect(self) -> None:
        self.views.chosen.connect(self._choose_view)
        self._making.told.connect(self.problem.say)
        self.editor.textChanged.connect(self._edited)
        self.editor.step_began.connect(self.settle)
        self.editor.undo_asked.connect(self.undo)
        self.editor.redo_asked.connect(self.redo)
        self.editor.find_asked.connect(lambda: self.look_for(replacing=False))
        self.editor.step_asked.connect(lambda back: self.replacing.step(back=back))
        self.editor.refused.connect(lambda reason: self.problem.say(reason, "warning"))
        self.problems.chosen.connect(self._go_to)
        self._checking.judged.connect(self._show_judgement)
        self.composing.spliced.connect(lambda whole: self._mirror(whole.draft))
        self._desk.environment_changed.connect(self._edited)
        self._desk.target_changed.connect(self._edited)

    @property
    def undone(self) -> Undo:
        """The history of the draft's edits, whichever view they were made in."""
        return self.composing.undone

    @property
    def judgement(self) -> Judgement | None:
        """What is thought of it; None while that is not known, or it is empty."""
        return self._checking.judgement

    @property
    def pristine(self) -> bool:
        """Whether nothing of the user's is in it: still the skeleton, untouched."""
        return self._pristine and self.editor.revision == self._shown

    @property
    def preparing(self) -> bool:
        """Whether a skeleton is on its way."""
        return self.editor.isReadOnly() and self.file is None and not self.unheld

    @property
    def _is_edited(self) -> bool:
        """Whether the payload is edited here: it is there, and not too big."""
        return self.file is None and not self.editor.isReadOnly()

    @property
    def hindrance(self) -> str:
        """Why the payload cannot be edited here; empty where it can."""
        if self.file is not None:
            return f"The payload is too big to be edited here; it stays as it is in {self.file.name}."
        return self.unheld or ("The payload is being prepared." if self.editor.isReadOnly() else "")

    def add_view(
        self, name: str, words: str, tip: str, symbol: Symbol, make: Callable[[], QWidget], *, before: str = ""
    ) -> None:
        """Offer another view of the payload beside its XML; it is made when it is first shown."""
        self._stack.add(name, words, tip, symbol, make, before=before)

    def view(self, name: str) -> QWidget | None:
        """A view that has been shown already."""
        return self._stack.made(name)

    def settle(self) -> None:
        """Let the desk's draft be what the editor holds, now."""
        revision = self.editor.revision
        if revision != self._settled and self._is_edited:
            self._settled = revision
            self.composing.typed(self.editor.view())

    def undo(self) -> None:
        """Take the last edit back, also one of an earlier session."""
        self._turn(Undo.back)

    def redo(self) -> None:
        """Do the edit again that was taken back last."""
        self._turn(Undo.forth)

    def begin(self) -> None:
        """Begin with the service's skeleton."""
        if self._desk.target is None:
            return
        self.editor.setReadOnly(True)
        self.editor.setPlaceholderText("Preparing a payload to begin with…")

        def failed(error: CaisoError) -> None:
            self.show_draft(Draft(""), pristine=True)
            self.editor.setPlaceholderText("Write the payload here, or open a file.")
            self._checking.not_now()
            self.problem.say(f"There is no skeleton for this service. {error.detail} {error.advice}".strip(), "warning")

        self._making.skeleton(lambda text: self.show_draft(Draft(text), pristine=True), failed)

    def show_draft(self, draft: Draft, *, pristine: bool = False, file: Path | None = None) -> None:
        """Show a draft; one too big to edit is shown from its file and sent as it stands."""
        self.composing.begin(draft)
        self._pristine = pristine
        self.file, self._big = None, ""
        reason = too_big_to_edit(draft.text)
        if reason and file is not None:
            self.file = file
            self._view(file)
            self._big = f"{reason} It is sent as it stands in {file.name}."
            self.problem.say(self._big, "warning")
            self.check()
            return
        self.views.show()
        self.editor.setReadOnly(False)
        self.editor.setPlainText(draft.view())
        # A byte-order mark within the text is dropped by the editor: what is typed there would be sent without it.
        self.unheld = "" if self.editor.view() == draft.view() else _UNHELD
        self.editor.setReadOnly(bool(self.unheld))
        self._settled = self._shown = self.editor.revision
        self._show_view(self.views.current)
        self._checking.soon()

    def bring_back(self, draft: Draft, undone: Undo, caret: int, anchor: int) -> None:
        """Show a draft as it was left, with its history and its cursor."""
        self.show_draft(draft)
        self.composing.undone = undone
        self.editor.set_caret(caret, anchor)
        self._show_view(self.views.current)

    def reset(self) -> None:
        """Put the skeleton back in place of what is there; Undo brings that back."""
        self._making.skeleton(self._replace)

    def become(self, draft: Draft) -> None:
        """Let the payload be another one, as one step that undo takes back; nothing where it is not edited here."""
        if not self._is_edited:
            return
        self.settle()
        self.composing.become(draft)
        self._mirror(self._desk.draft)

    def fill(self) -> None:
        """Put a full sample in place of what is there; Undo brings that back."""
        self._making.sample(self._replace)

    def look_for(self, *, replacing: bool) -> None:
        """Look for a text in the XML, and perhaps replace it."""
        if self.file is None:
            self.views.choose(XML)
            self.replacing.begin(replacing=replacing)

    def format(self) -> None:
        """Lay the XML out, every element on a line of its own; only ever when it is asked for. Undo takes it back."""
        if not self._is_edited:
            return
        self.settle()
        draft = self._desk.draft

        def done(made: Draft) -> None:
            self.settle()
            if self._desk.draft == draft:
                self.become(made)

        self._making.format(draft, done)

    def open_file(self) -> None:
        """Let the user choose a file, and show it."""
        path = self._files.to_open(self)
        if path is not None:
            self.open(path)

    def open(self, path: Path) -> None:
        """Show a file's text."""
        self._making.read(path, lambda draft: self._opened(draft, path))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Called by Qt: a file may be dropped, to be opened as the payload."""
        if payload_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Called by Qt."""
        path = payload_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.open(path)

    def check(self) -> None:
        """Find out, off this thread, what is thought of the payload; only the last answer counts."""
        self._checking.check()

    def _edited(self) -> None:
        self._checking.forget()
        if not self.preparing:
            self._checking.soon()

    def _turn(self, turn: Callable[[Undo, Draft], tuple[Draft, Undo] | None]) -> None:
        if not self._is_edited:
            return
        self.settle()
        if self.composing.turn(turn):
            self._mirror(self._desk.draft)

    def _mirror(self, draft: Draft) -> None:
        """Show a draft that came of the one before, by what differs."""
        self.editor.become(draft.view())
        self._settled = self.editor.revision

    def _view(self, file: Path) -> None:
        if self._viewer is None:
            self._viewer = named(DocumentText(self._jobs), "payloadView", "Payload, not editable")
            self._stack.addWidget(self._viewer)
        self.views.hide()
        self.replacing.hide()
        self._viewer.open(file)
        self._stack.setCurrentWidget(self._viewer)

    def _show_view(self, name: str) -> None:
        """Show the XML or another view of the same draft."""
        if self.file is not None:
            return
        self.settle()
        if name != XML:
            self.replacing.hide()
        self.setFocusProxy(self._stack.enter(name, self._desk.draft))

    def _choose_view(self, name: str) -> None:
        """The user goes to another view."""
        self._show_view(name)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _replace(self, text: str) -> None:
        self.file, self.unheld = None, ""
        self.editor.setReadOnly(False)
        self.editor.replace_all(text)
        self.views.show()
        self._show_view(self.views.current)

    def _opened(self, draft: Draft, file: Path) -> None:
        """Show what was read; in the place of something written it is a step that undo takes back, where it can be."""
        now = self._desk.draft
        like = (draft.encoding, draft.mark) == (now.encoding, now.mark)
        if self._is_edited and not self.pristine and now.text and like and not too_big_to_edit(draft.text):
            self.become(draft)
            self.editor.set_caret(0, 0)
        else:
            self.show_draft(draft, file=file)

    def _rewrite(self, view: str) -> None:
        """Let the XML be another text, as one step."""
        self.editor.step_began.emit()
        self.editor.become(view)
        self.settle()

    def _as_it_is(self) -> str | Path:
        """What would be sent: the text, or its file."""
        self.settle()
        return self.file or self._desk.draft.text

    def _remark(self) -> str:
        return self._big or self.unheld or size_words(len(self._desk.draft.text))

    def _show_judgement(self, judgement: Judgement | None) -> None:
        first = judgement.problems[0] if judgement is not None and judgement.problems else None
        self.editor.show_problem(first)
        self.judged.emit(judgement)

    def _go_to(self, problem: Problem) -> None:
        if self.file is None:
            self._stack.go_to(problem)
        elif self._viewer is not None:
            self._viewer.go_to(problem.line)
        self.problem_chosen.emit(problem)
