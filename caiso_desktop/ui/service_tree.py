"""The services panel: a filter over the tree of applications, services and versions."""

from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.service import Environment, Target
from caiso_desktop.model.settings import Settings
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.palette import tokens_of
from caiso_desktop.ui.service_choice import ServiceChoice
from caiso_desktop.ui.service_filter import filter_nodes
from caiso_desktop.ui.service_model import ServiceModel
from caiso_desktop.ui.service_node import (
    ServiceNode,
    copied_address,
    count_services,
    group_node,
    service_nodes,
)
from caiso_desktop.ui.service_view import ServiceView
from caiso_desktop.ui.tool_button import tool_button

OPEN_ROWS = 200
"""A filter opens what it leaves when that is no more than so many services."""

_FAVOURITES, _RECENT = "favourites", "recent"


class ServiceTree(QWidget):
    """Offers every service; ``chosen`` names the target for which a draft is wanted.

    The other signals name what is wanted of an application: its page; another address of it (and the target, where it
    is that of a service); another version of a service (an empty name: a new service); words for the help desk.
    """

    chosen = Signal(Target)
    page_asked = Signal(str)
    address_asked = Signal(str, object)
    version_asked = Signal(str, str)
    help_asked = Signal(str, object)

    def __init__(
        self, catalogue: Catalogue, environment: Environment, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._environment = environment
        self._choice = ServiceChoice(settings)
        self._nodes: tuple[ServiceNode, ...] = ()
        self._opened = {_FAVOURITES, _RECENT}
        self._filtered = False
        self._tokens = tokens_of(self.palette())
        self._model = ServiceModel(self)
        self._about = tool_button(
            "aboutApplicationButton",
            "",
            "The page of this application: purpose, addresses, releases (Alt+Enter)",
            Symbol.INFO,
            self.ask_page,
        )
        self.filter = self._make_filter()
        self.view = named(ServiceView(), "serviceTree", "Services of CAISO")
        self.view.setModel(self._model)
        self.view.activated.connect(self._open)
        self.view.starred.connect(self._star)
        self.view.copied.connect(self._copy)
        self.view.menu_asked.connect(self._show_menu)
        self.view.selectionModel().currentChanged.connect(
            lambda: self._about.setEnabled(bool(self.current_application))
        )
        self.setFocusProxy(self.filter)
        self._empty = EmptyState("Nothing matches", "Clear the filter to see every service.")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        self._said = named(styled(QLabel(), tone="muted"), "serviceTreeSaid", "About the services")
        self._said.setWordWrap(True)
        self._lay_out()
        self.set_environment(environment)

    @property
    def empty_text(self) -> str:
        """What is said instead of the tree, empty while the tree is shown."""
        return self._empty.text if self._stack.currentWidget() is self._empty else ""

    @property
    def said(self) -> str:
        """What is said under the tree."""
        return self._said.text()

    @property
    def current_node(self) -> ServiceNode | None:
        """The current row."""
        return self._model.node(self.view.currentIndex())

    @property
    def current_application(self) -> str:
        """The application (its id) of the current row, empty where there is none."""
        node = self.current_node
        return node.application if node is not None else ""

    def say(self, words: str) -> None:
        """Say something under the tree."""
        self._said.setText(words)

    def set_environment(self, environment: Environment) -> None:
        """Show the services as seen from another environment."""
        self._environment = environment
        self._renew()

    def set_catalogue(self, catalogue: Catalogue, environment: Environment) -> None:
        """Show what another catalogue offers."""
        self._catalogue = catalogue
        self.set_environment(environment)

    def note_use(self, target: Target) -> None:
        """A draft of this was opened: it is among the recent ones from now on."""
        self._choice.note(target)
        self._show(self.filter.text())

    def ask_page(self) -> None:
        """Ask for the page of the current row's application."""
        if self.current_application:
            self.page_asked.emit(self.current_application)

    def focus_filter(self) -> None:
        """Let the user type a filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Called by Qt: Down or Enter in the filter goes on to the tree."""
        if watched is self.filter and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter_tree()
                return True
            if event.key() == Qt.Key.Key_Escape and self.filter.text():
                self.filter.clear()
                return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        """Called by Qt: another palette greys in another grey."""
        super().changeEvent(event)
        # Qt tells of one change many times.
        if event.type() is QEvent.Type.PaletteChange and tokens_of(self.palette()) is not self._tokens:
            self._show(self.filter.text())

    def _make_filter(self) -> QLineEdit:
        edit = named(
            QLineEdit(),
            "serviceFilter",
            "Filter the services",
            "A word, an acronym or an older name, a release (Fall 2016), a version, an address or its end (Ctrl+F)",
        )
        edit.setPlaceholderText("Filter services")
        clear = edit.addAction(icon(Symbol.CLOSE), QLineEdit.ActionPosition.TrailingPosition)
        clear.setText("Clear the filter")
        clear.setToolTip("Clear the filter (Esc)")
        clear.setVisible(False)
        clear.triggered.connect(edit.clear)
        edit.textChanged.connect(lambda text: clear.setVisible(bool(text)))
        edit.textChanged.connect(self._show)
        edit.installEventFilter(self)
        return edit

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(self._said, 1)
        foot.addWidget(self._about, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self.filter)
        layout.addWidget(self._stack, 1)
        layout.addLayout(foot)

    def _renew(self) -> None:
        today = datetime.now(UTC).astimezone(PACIFIC).date()
        self._nodes = service_nodes(self._catalogue, self._environment, today)
        self._show(self.filter.text())

    def _groups(self) -> list[ServiceNode]:
        groups = (
            group_node(_FAVOURITES, "Favourites", self._choice.favourites, self._nodes, with_version=False),
            group_node(_RECENT, "Recently used", self._choice.recent, self._nodes, with_version=True),
        )
        return [group for group in groups if group.children]

    def _show(self, text: str) -> None:
        current = self._model.node(self.view.currentIndex())
        self._keep_opened()
        filtered = bool(text.strip())
        nodes = filter_nodes(self._nodes, text)
        shown = nodes if filtered else (*self._groups(), *nodes)
        self._filtered = filtered
        self._tokens = tokens_of(self.palette())
        favourites = frozenset((each.application, each.service) for each in self._choice.favourites)
        self._model.set_nodes(shown, self.palette(), favourites)
        services = count_services(nodes)
        self._expand(shown, QModelIndex(), every=filtered and services <= OPEN_ROWS)
        if current is not None:
            self._go_to(current.key)
        all_services = count_services(self._nodes)
        self._said.setText(f"{services:,} of {all_services:,} services" if filtered else f"{all_services:,} services")
        if not nodes:
            self._empty.say(f"Nothing matches “{text.strip()}”", "Clear the filter (Esc) to see every service.")
        self._stack.setCurrentWidget(self.view if nodes else self._empty)
        self._enable()

    def _enable(self) -> None:
        self._about.setEnabled(bool(self.current_application))

    def _expand(self, nodes: tuple[ServiceNode, ...], parent: QModelIndex, *, every: bool) -> None:
        for row, node in enumerate(nodes):
            if node.children and (every or (not self._filtered and node.key in self._opened)):
                index = self._model.index(row, 0, parent)
                self.view.setExpanded(index, True)  # noqa: FBT003  # Qt takes it so
                if not self._filtered:
                    self._expand(node.children, index, every=False)

    def _keep_opened(self) -> None:
        """Remember which rows are open, as far as no filter opened them."""
        if self._filtered:
            return
        waiting = [self._model.index(row, 0) for row in range(self._model.rowCount())]
        for index in waiting:
            node = self._model.node(index)
            if node is None:
                continue
            self._opened.discard(node.key)
            if self.view.isExpanded(index):
                self._opened.add(node.key)
                waiting += [self._model.index(row, 0, index) for row in range(len(node.children))]

    def _go_to(self, key: str) -> None:
        """Make the row of this key the current one, where it is in sight."""
        waiting = [self._model.index(row, 0) for row in range(self._model.rowCount())]
        for index in waiting:
            node = self._model.node(index)
            if node is not None and node.key == key:
                self.view.setCurrentIndex(index)
                return
            if node is not None and self.view.isExpanded(index):
                waiting += [self._model.index(row, 0, index) for row in range(len(node.children))]

    def _enter_tree(self) -> None:
        index = self._model.index(0, 0)
        # With a filter the first service is what was looked for, not its application.
        if self.filter.text().strip() and self.view.isExpanded(index):
            index = self._model.index(0, 0, index)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.setCurrentIndex(index)

    def _open(self, index: QModelIndex) -> None:
        node = self._model.node(index)
        if node is None:
            return
        if node.target is not None and node.openable:
            self.chosen.emit(node.target)
        elif node.is_portal:
            self.page_asked.emit(node.application)
        elif node.target is None and node.children:
            self.view.setExpanded(index, not self.view.isExpanded(index))
        else:
            self._said.setText(node.hindrance)

    def _star(self, index: QModelIndex) -> None:
        node = self._model.node(index)
        if node is None or not node.service:
            self._said.setText("Only services can be favourites.")
            return
        is_one = self._choice.toggle(node.application, node.service)
        self._show(self.filter.text())
        self._said.setText(f"{node.service} is {'a favourite now' if is_one else 'no favourite any more'}.")

    def _copy(self, index: QModelIndex) -> None:
        node = self._model.node(index)
        address = copied_address(self._catalogue, self._environment.id, node) if node is not None else ""
        if address:
            QGuiApplication.clipboard().setText(address)
        self._said.setText(f"Copied {address}" if address else f"There is no address in {self._environment.name}.")

    def _now(self, row: QPersistentModelIndex) -> QModelIndex:
        """Where a row is now; nowhere when the tree shows other rows."""
        return self._model.index(row.row(), 0, row.parent()) if row.isValid() else QModelIndex()

    def _show_menu(self, index: QModelIndex, place: QPoint) -> None:
        node = self._model.node(index)
        if node is None or not node.application:
            return
        self.view.setCurrentIndex(index)
        row = QPersistentModelIndex(index)  # the tree may be another one when something is chosen
        menu = named(QMenu(self), "serviceMenu", f"What can be done with {node.text}")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        acronym = self._catalogue.application(node.application).acronym
        if node.openable:
            menu.addAction("Open a draft", lambda: self._open(self._now(row))).setObjectName("openDraft")
        menu.addAction(f"About {acronym}", lambda: self.page_asked.emit(node.application)).setObjectName("aboutThis")
        if node.service:
            starred = self._choice.is_favourite(node.application, node.service)
            words = "No longer a favourite" if starred else "Make it a favourite"
            menu.addAction(words, lambda: self._star(self._now(row))).setObjectName("toggleFavourite")
        menu.addSeparator()
        menu.addAction("Copy the address", lambda: self._copy(self._now(row))).setObjectName("copyThisAddress")
        menu.addAction(
            "Copy for the help desk", lambda: self.help_asked.emit(node.application, node.target)
        ).setObjectName("copyThisForHelp")
        menu.addSeparator()
        menu.addAction(
            "Edit the address…", lambda: self.address_asked.emit(node.application, node.target)
        ).setObjectName("editThisAddress")
        words = f"Add a version of {node.service}…" if node.service else f"Add a service to {acronym}…"
        menu.addAction(words, lambda: self.version_asked.emit(node.application, node.service)).setObjectName(
            "addThisVersion"
        )
        menu.popup(place)
