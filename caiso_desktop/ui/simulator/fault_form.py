"""What is to go wrong, one thing or several together, how much of it, with which calls and how often."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)

from caiso_desktop.model.simulation import Disturbance, FaultChoice, FaultKind, Scope
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.simulator.together import Together, order_label
from caiso_desktop.ui.tool_button import tool_button

EVERY_SERVICE = "Every service"
_MOST_TIMES = 9999
_MOST_SEED = 999_999
_LONGEST_SERVICE = 34


class FaultForm(QWidget):
    """``asked`` carries the `Disturbance` that was put together."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "faultForm", "Let something go wrong")
        self._kinds: dict[str, FaultKind] = {}
        self.fault = named(QComboBox(), "faultKind", "What is to go wrong")
        self.amount = named(QDoubleSpinBox(), "faultAmount", "How much of it")
        self.service = _service_choice()
        self.times = named(QSpinBox(), "faultTimes", "How many calls")
        self.share = named(QSpinBox(), "faultShare", "How many of the calls in a hundred")
        self.seed = named(QSpinBox(), "faultSeed", "The seed that decides which calls")
        self.also = tool_button(
            "faultAlso", "And…", "Keep this and choose what goes wrong together with it", Symbol.NEW, self._keep
        )
        self.together = Together()
        self.order = order_label()
        self.arrange = styled(named(QPushButton("Arrange"), "faultArrange", "Arrange it"), primary=True)
        self._words = styled(named(QLabel(), "faultWords", "What it does"), tone="muted")
        self._words.setWordWrap(True)
        self._with = QLabel("Together with")
        self._set_up()
        self._lay_out()
        self.setFocusProxy(self.fault)
        self.setEnabled(False)

    def offer(self, kinds: Sequence[FaultKind], services: Sequence[str]) -> None:
        """Let these be chosen; the form can be used from then on."""
        self._kinds = {kind.name: kind for kind in kinds}
        self.fault.clear()
        for kind in kinds:
            self.fault.addItem(kind.title, kind.name)
            self.fault.setItemData(self.fault.count() - 1, kind.words, Qt.ItemDataRole.ToolTipRole)
        self.service.clear()
        self.service.addItems([EVERY_SERVICE, *services])
        self.service.setCurrentIndex(0)
        self.setEnabled(True)
        self._show_kind()

    def choose(self, name: str) -> None:
        """Choose a fault by its name."""
        self.fault.setCurrentIndex(self.fault.findData(name))

    @property
    def disturbance(self) -> Disturbance:
        """What is put together: what was kept, and what is chosen now."""
        scopes = self._scopes
        service = self.service.currentText().strip() if Scope.CALL in scopes else ""
        counted = scopes != {Scope.CLOCK}
        share = self.share.value() / 100 if counted else 1.0
        return Disturbance(
            self._faults,
            "" if service == EVERY_SERVICE else service,
            self.times.value() or None if counted else None,
            share,
            self.seed.value() if share < 1 else 0,
        )

    def begin_anew(self) -> None:
        """Keep nothing that was put together: it is arranged."""
        self.together.clear()

    @property
    def _faults(self) -> tuple[FaultChoice, ...]:
        kept = tuple(each for each in self.together.faults if each.name != self._choice.name)
        return (*kept, self._choice)

    @property
    def _choice(self) -> FaultChoice:
        return FaultChoice(self._kind.name, self.amount.value() if self._kind.unit else None)

    @property
    def _scopes(self) -> set[Scope]:
        return {self._kinds[each.name].scope for each in self._faults}

    def _keep(self) -> None:
        """Keep what is chosen, and let something else be chosen beside it."""
        self.together.add(self._choice)
        self.fault.setFocus()

    @property
    def _kind(self) -> FaultKind:
        return self._kinds[self.fault.currentData()]

    def _set_up(self) -> None:
        self.times.setRange(0, _MOST_TIMES)
        self.times.setSpecialValueText("until taken back")
        self.times.valueChanged.connect(lambda times: self.times.setSuffix(" time" if times == 1 else " times"))
        self.times.setValue(1)
        self.share.setRange(1, 100)
        self.share.setValue(100)
        self.share.setSuffix(" % of the calls")
        self.seed.setRange(0, _MOST_SEED)
        self.seed.setToolTip("The same seed hits the same calls of a sequence.")
        self.fault.currentIndexChanged.connect(self._show_kind)
        self.share.valueChanged.connect(self._show_kind)
        self.together.changed.connect(self._show_kind)
        for told in (self.amount.valueChanged, self.times.valueChanged, self.seed.valueChanged):
            told.connect(self._show_order)
        self.service.currentTextChanged.connect(self._show_order)
        self.arrange.clicked.connect(lambda checked=False: self.asked.emit(self.disturbance))

    def _lay_out(self) -> None:
        what = QHBoxLayout()
        what.setSpacing(8)
        what.addWidget(self.fault, 1)
        what.addWidget(self.amount)
        what.addWidget(self.also)
        often = QHBoxLayout()
        often.setSpacing(8)
        self._seed_label = _label("Seed", self.seed)
        for widget in (self.times, self.share, self._seed_label, self.seed):
            often.addWidget(widget)
        often.addStretch(1)
        often.addWidget(self.arrange)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.addWidget(_label("W&hat", self.fault), 0, 0)
        grid.addWidget(_label("Fo&r", self.service), 0, 2)
        grid.addLayout(what, 0, 1)
        grid.addWidget(self.service, 0, 3)
        grid.addWidget(self._words, 1, 1, 1, 3)
        grid.addWidget(self._with, 2, 0)
        grid.addWidget(self.together, 2, 1, 1, 3)
        grid.addWidget(_label("How &often", self.times), 3, 0)
        grid.addLayout(often, 3, 1, 1, 3)
        grid.addWidget(self.order, 4, 1, 1, 3)
        self._with.hide()
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)

    def _show_kind(self) -> None:
        """Show what can be said of the fault that is chosen, and keep the rest from being said."""
        if self.fault.currentData() is None:
            return
        kind = self._kind
        self._words.setText(kind.words)
        self.amount.setVisible(bool(kind.unit))
        if kind.unit and self.amount.property("of") != kind.name:
            self.amount.setDecimals(0 if float(kind.usual).is_integer() else 2)
            self.amount.setRange(kind.least, kind.most)
            self.amount.setValue(kind.usual)
            self.amount.setSuffix(f" {kind.unit}")
        self.amount.setProperty("of", kind.name)
        scopes = self._scopes
        self.service.setEnabled(Scope.CALL in scopes)
        for widget in (self.times, self.share):
            widget.setEnabled(scopes != {Scope.CLOCK})
        partly = self.share.value() < 100 and scopes != {Scope.CLOCK}
        self.seed.setVisible(partly)
        self._seed_label.setVisible(partly)
        self._with.setVisible(bool(self.together.faults))
        self._show_order()

    def _show_order(self) -> None:
        """Say the same as on the command line."""
        if self.fault.currentData() is not None:
            self.order.setText(f"As an order of caiso simulator: fault {self.disturbance}")


def _label(text: str, buddy: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(buddy)
    return label


def _service_choice() -> QComboBox:
    """A list to choose from or to type into; any part of a name finds it."""
    choice = named(QComboBox(), "faultService", "Which calls it befalls")
    choice.setEditable(True)
    choice.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    choice.setMinimumContentsLength(_LONGEST_SERVICE)
    choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    completer = QCompleter(choice.model(), choice)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    choice.setCompleter(completer)
    return choice
