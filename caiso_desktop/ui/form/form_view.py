"""The form of a payload: its fields, the verbs of a row, what the current one may say, or why there is no form."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QStackedWidget, QVBoxLayout, QWidget

from caiso_desktop.model.call import Problem
from caiso_desktop.model.composition import Composition
from caiso_desktop.model.form.addition import Addable, OpenPlace
from caiso_desktop.model.form.deed import Deeds
from caiso_desktop.model.form.hint import doubt, hint
from caiso_desktop.model.form.row import CHOSEN, Kind, Row
from caiso_desktop.model.outline import NodePath
from caiso_desktop.model.shape import Shape
from caiso_desktop.model.splice import Splice
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.form.fields import Fields
from caiso_desktop.ui.form.form_model import FormModel
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.tool_button import tool_button


class FormView(QWidget):
    """``asked`` wants splices made, as one step; with the same last argument (not None) they go on with the step.

    ``open_asked`` carries a place where any element may stand, for a person to write one.
    """

    asked = Signal(tuple, object)
    open_asked = Signal(OpenPlace)
    undo_asked = Signal()
    redo_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FormModel(self)
        self.fields = Fields(self.model)
        self._basis = styled(named(ElidedLabel(), "formBasis", "What the form is drawn from"), tone="muted")
        self._why = EmptyState("No form", "")
        self._title = styled(named(QLabel(), "formHintTitle", "The field"), title=True)
        self._rules = styled(named(QLabel(), "formHintRules", "What the field may say"), tone="muted")
        self._words = named(QLabel(), "formHint", "What the schema says about the field")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._form())
        self._stack.addWidget(self._why)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._stack)
        self._connect()

    @property
    def shown(self) -> bool:
        """Whether there is a form."""
        return self._stack.currentIndex() == 0

    @property
    def why(self) -> str:
        """Why there is none."""
        return "" if self.shown else self._why.text

    @property
    def basis(self) -> str:
        """What it is drawn from, in words."""
        return self._basis.words

    def draw(self, whole: Composition, shape: Shape | None) -> None:
        """Draw the form of a draft whose elements are known."""
        before = self.model.rows
        self.model.show(whole, shape)
        if before is None or not self.fields.currentIndex().isValid():
            self.fields.open_first()
        self._stack.setCurrentIndex(0)
        self._say(self.fields.current)

    def show_basis(self, words: str, tone: str = "muted") -> None:
        """Say what the form is drawn from."""
        self._basis.say(words)
        styled(self._basis, tone=tone)

    def turn_off(self, title: str, advice: str) -> None:
        """Say why there is no form."""
        self._why.say(title, advice)
        self._stack.setCurrentIndex(1)

    def show_problems(self, problems: dict[NodePath, list[Problem]]) -> None:
        """Mark the fields that something is wrong with."""
        self.model.show_problems(problems)
        self._say(self.fields.current)

    def select(self, path: NodePath, attribute: str = "") -> None:
        """Go to the field of an element, or of one of its attributes."""
        index = self.model.find(path)
        if attribute and index.isValid():
            if self.model.canFetchMore(index):
                self.model.fetchMore(index)
            for number in range(self.model.rowCount(index)):
                row = self.model.row(self.model.index(number, 0, index))
                if row.kind is Kind.ATTRIBUTE and row.name.rpartition("}")[2] == attribute.rpartition("}")[2]:
                    index = self.model.index(number, 0, index)
                    break
        self.fields.select(index)

    def addables(self) -> tuple[list[Addable], OpenPlace | None, str]:
        """What may be added at the current row (in it, else beside it), and the name of what it is added to."""
        deeds, row = self.model.deeds, self.fields.current
        if deeds is None or row is None:
            return [], None, ""
        index = self.fields.currentIndex()
        while index.isValid():
            row = self.model.row(index)
            found = deeds.addables(row) if row.node is not None else []
            place = deeds.open_place(row)
            if found or place is not None or (row.kind is Kind.SECTION and row.node is not None):
                return found, place, row.label
            index = index.parent()
        return [], None, ""

    def _form(self) -> QWidget:
        form = QWidget()
        bar = QHBoxLayout()
        bar.setSpacing(0)
        bar.setContentsMargins(0, 0, 0, 4)
        self._buttons = {
            "add": tool_button("formAdd", "Add…", "Add an element or attribute (Insert)", Symbol.NEW, self._ask_add),
            "duplicate": tool_button(
                "formDuplicate", "", "Duplicate the element (Ctrl+D)", Symbol.COPY, self._duplicate
            ),
            "up": tool_button(
                "formMoveUp", "", "Move before the one before (Alt+Up)", Symbol.PREVIOUS, lambda: self._move(-1)
            ),
            "down": tool_button(
                "formMoveDown", "", "Move behind the next (Alt+Down)", Symbol.NEXT, lambda: self._move(1)
            ),
            "remove": tool_button("formRemove", "", "Remove the element (Delete)", Symbol.DELETE, self._remove),
        }
        for button in self._buttons.values():
            bar.addWidget(button)
        bar.addStretch(1)
        bar.addWidget(self._basis)
        foot = QVBoxLayout()
        foot.setContentsMargins(4, 4, 4, 0)
        foot.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._rules, 1)
        foot.addLayout(head)
        foot.addWidget(self._words)
        layout = QVBoxLayout(form)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self.fields, 1)
        layout.addLayout(foot)
        return form

    def _connect(self) -> None:
        fields = self.fields
        fields.undo_asked.connect(self.undo_asked)
        fields.redo_asked.connect(self.redo_asked)
        fields.add_asked.connect(self._ask_add)
        fields.duplicate_asked.connect(self._duplicate)
        fields.remove_asked.connect(self._remove)
        fields.move_asked.connect(self._move)
        fields.row_changed.connect(self._say)
        fields.customContextMenuRequested.connect(self._show_menu)
        fields.delegate.chosen.connect(self._choose)
        self.model.edited.connect(self._give)

    def _do(self, make: Callable[[Deeds, Row], Sequence[Splice]]) -> None:
        deeds, row = self.model.deeds, self.fields.current
        if deeds is not None and row is not None:
            splices = tuple(make(deeds, row))
            if splices:
                self.asked.emit(splices, None)

    def _give(self, row: Row, text: str, session: object) -> None:
        deeds = self.model.deeds
        if deeds is not None and row.kind not in CHOSEN:
            self.asked.emit(deeds.give(row, text), session)

    def _choose(self, row: Row, number: int) -> None:
        deeds = self.model.deeds
        if deeds is not None and 0 <= number < len(row.options):
            self.asked.emit(deeds.choose(row, number), None)

    def _duplicate(self) -> None:
        self._do(lambda deeds, row: deeds.duplicate(row) if deeds.can_repeat(row) else ())

    def _remove(self) -> None:
        self._do(lambda deeds, row: deeds.remove(row) if deeds.can_go(row) else ())

    def _move(self, by: int) -> None:
        row = self.fields.current
        if row is None or row.node is None or not row.path or row.kind is Kind.ATTRIBUTE:
            return
        index = self.fields.currentIndex()
        self._do(lambda deeds, row: deeds.move(row, by))
        beside = self.model.index(index.row() + by, 0, index.parent())
        if beside.isValid() and self.model.row(beside).name == row.name:
            self.fields.select(beside)

    def _ask_add(self) -> None:
        row = self.fields.current
        if row is not None and row.missing and row.kind is Kind.SECTION:
            self._do(lambda deeds, row: deeds.add(row))
            self.fields.expand(self.fields.currentIndex().siblingAtColumn(0))
            return
        menu = named(QMenu(self), "formAddMenu", "What may be added")
        menu.setToolTipsVisible(True)
        self._fill(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        button = self._buttons["add"]
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _fill(self, menu: QMenu) -> None:
        found, place, owner = self.addables()
        if found or place is not None:
            menu.addAction(f"Add to {owner}:").setEnabled(False)
        for each in found:
            if not each.wild:
                self._offer(menu, each)
        if place is not None:
            self._fill_open(menu, [each for each in found if each.wild], place)
        row, deeds = self.fields.current, self.model.deeds
        if row is not None and deeds is not None and deeds.can_repeat(row):
            name = row.name.rpartition("}")[2]
            menu.addSeparator()
            again = menu.addAction(
                f"Another {name}, empty" if row.field is not None else f"Another {name}, as this one"
            )
            again.triggered.connect(lambda: self._do(lambda deeds, row: deeds.add(row)))
        if menu.isEmpty():
            menu.addAction("Nothing more may be added here").setEnabled(False)

    def _offer(self, menu: QMenu, each: Addable) -> None:
        action = menu.addAction(f"{each.label}{' *' if each.required else ''}")
        action.setToolTip(each.documentation)
        action.triggered.connect(lambda checked=False: self.asked.emit(each.splices, None))

    def _fill_open(self, menu: QMenu, known: Sequence[Addable], place: OpenPlace) -> None:
        """Where any element may stand: those that are known, and one that a person writes."""
        if known:
            below = named(menu.addMenu("Any element"), "formAnyMenu", "Elements that the schemas at hand know")
            below.setToolTipsVisible(True)
            for each in known:
                self._offer(below, each)
        write = menu.addAction("An element as XML…")
        write.setToolTip("The schema lets any element stand here: write it")
        write.triggered.connect(lambda checked=False: self.open_asked.emit(place))

    def _show_menu(self, place: QPoint) -> None:
        row, deeds = self.fields.current, self.model.deeds
        if row is None or deeds is None:
            return
        menu = named(QMenu(self), "formRowMenu", "What can be done with the field")
        menu.setToolTipsVisible(True)
        self._fill(menu)
        menu.addSeparator()
        for words, keys, verb, can in (
            ("Duplicate", "Ctrl+D", self._duplicate, deeds.can_repeat(row)),
            ("Move up", "Alt+Up", lambda: self._move(-1), row.count > 1),
            ("Move down", "Alt+Down", lambda: self._move(1), row.count > 1),
            ("Remove", "Del", self._remove, deeds.can_go(row)),
        ):
            action = menu.addAction(f"{words}\t{keys}", verb)
            action.setEnabled(can)
        if row.field is not None and row.field.nillable and row.node is not None:
            nil = menu.addAction("No value (nil)")
            nil.setCheckable(True)
            nil.setChecked(row.nil)
            nil.triggered.connect(lambda: self._do(lambda deeds, row: deeds.set_nil(row, nil=not row.nil)))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.fields.viewport().mapToGlobal(place))

    def _say(self, row: Row | None) -> None:
        """Tell of the current field, and offer what can be done with it."""
        deeds = self.model.deeds
        self._title.setText(row.label if row is not None else "")
        self._rules.setText(hint(row) if row is not None else "")
        problems = self.model.says.problems(row) if row is not None else []
        wrong = problems[0].sentence if problems else doubt(row) if row is not None else ""
        self._words.setText(wrong or (row.documentation if row is not None else ""))
        styled(self._words, tone="error" if wrong else "")
        self._words.setVisible(bool(self._words.text()))
        here = row is not None and deeds is not None
        self._buttons["duplicate"].setEnabled(bool(here and row and deeds and deeds.can_repeat(row)))
        self._buttons["remove"].setEnabled(bool(here and row and deeds and deeds.can_go(row)))
        many = row is not None and row.count > 1 and row.kind is not Kind.ATTRIBUTE
        self._buttons["up"].setEnabled(many and row is not None and row.number > 1)
        self._buttons["down"].setEnabled(many and row is not None and row.number < row.count)
