"""The open drafts as tabs, each under its environment's colour and name, and a bin for those that were closed."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QTabBar, QTabWidget, QVBoxLayout, QWidget

from caiso_desktop.model.service import Environment
from caiso_desktop.ui.busy_page import BusyPage
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.named import named
from caiso_desktop.ui.palette import environment_colour, tokens_of
from caiso_desktop.ui.stripe import HEIGHT, swatch
from caiso_desktop.ui.tool_button import tool_button

BIN_SIZE = 20


class DraftTabs(QWidget):
    """Closing loses nothing: a closed draft stays in the bin, with its answer and a call that is under way.

    ``closed`` and ``reopened`` name a draft that went into the bin or came out of it, ``moved`` says that their order
    is another. The bin here holds the newest of this session; who keeps drafts for longer has a bin of its own.
    """

    selected = Signal(object)
    closed = Signal(object)
    reopened = Signal(object)
    moved = Signal()
    copy_asked = Signal(DraftPanel, Environment)

    def __init__(self, environments: Sequence[Environment], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._environments = tuple(environments)
        self._bin: list[DraftPanel] = []
        self.may_close: Callable[[QWidget], bool] = lambda page: True
        self.tabs = named(QTabWidget(), "draftTabs", "Drafts")
        bar = named(_DraftBar(), "draftTabsBar", "Drafts")
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        bar.customContextMenuRequested.connect(self._show_menu)
        self.tabs.setTabBar(bar)
        self.tabs.setDocumentMode(True)
        self.tabs.setIconSize(QSize(12, 12))
        self.tabs.setMovable(True)
        self.tabs.setElideMode(Qt.TextElideMode.ElideMiddle)
        bar.tabMoved.connect(lambda before, after: self.moved.emit())
        self.tabs.currentChanged.connect(lambda row: self.selected.emit(self.current))
        self._empty = EmptyState(
            "Choose a service", "Type a few letters of its name into the filter (Ctrl+F); Enter opens a draft."
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.tabs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    @property
    def current(self) -> DraftPanel | None:
        """The draft in front."""
        panel = self.tabs.currentWidget()
        return panel if isinstance(panel, DraftPanel) else None

    @property
    def panels(self) -> tuple[DraftPanel, ...]:
        """Every open draft, from left to right."""
        pages = (self.tabs.widget(row) for row in range(self.tabs.count()))
        return tuple(page for page in pages if isinstance(page, DraftPanel))

    @property
    def under_way(self) -> int:
        """How many calls are under way, those of closed drafts and of pages too."""
        pages = (self.tabs.widget(row) for row in range(self.tabs.count()))
        busy = sum(page.under_way for page in pages if isinstance(page, BusyPage))
        return busy + sum(panel.call.under_way for panel in (*self.panels, *self._bin))

    def add(self, panel: DraftPanel) -> None:
        """Open a draft in front."""
        panel.titled.connect(lambda: self._title(panel))
        self._show(panel)

    def set_environments(self, environments: Sequence[Environment]) -> None:
        """Offer these to copy a draft to."""
        self._environments = tuple(environments)

    def page(self, name: str) -> QWidget | None:
        """The page of this object name that is open among the drafts."""
        pages = (self.tabs.widget(row) for row in range(self.tabs.count()))
        return next((each for each in pages if each is not None and each.objectName() == name), None)

    def show_page(self, page: QWidget, title: str, symbol: Symbol) -> None:
        """Show a page among the drafts, in front; it goes when it is closed."""
        row = self.tabs.indexOf(page)
        if row < 0:
            row = self.tabs.addTab(page, icon(symbol), title.replace("&", "&&"))
            self._add_close_button(row, page, f"Close {title} (Ctrl+W)")
        self._stack.setCurrentWidget(self.tabs)
        self.tabs.setCurrentIndex(row)

    def close_tab(self, row: int) -> None:
        """Put a draft into the bin; a page just goes."""
        panel = self.tabs.widget(row)
        if panel is not None and not self.may_close(panel):
            return
        if isinstance(panel, BusyPage) and not panel.may_close():
            self.tabs.setCurrentIndex(row)
            return
        if not isinstance(panel, DraftPanel):
            if panel is not None:
                self.tabs.removeTab(row)
                panel.deleteLater()
                self._stack.setCurrentWidget(self.tabs if self.tabs.count() else self._empty)
            return
        self.tabs.removeTab(row)
        panel.setParent(self)
        panel.hide()
        panel.desk.leave()
        self._bin.append(panel)
        idle = [binned for binned in self._bin if not binned.call.under_way]
        if len(idle) > BIN_SIZE:
            self._bin.remove(idle[0])
            idle[0].deleteLater()
        self._stack.setCurrentWidget(self.tabs if self.tabs.count() else self._empty)
        self.closed.emit(panel)

    def close_current(self) -> None:
        """Put the draft in front into the bin."""
        if self.tabs.count():
            self.close_tab(self.tabs.currentIndex())

    def reopen(self) -> bool:
        """Take the draft closed last out of the bin; whether there was one."""
        return bool(self._bin) and self.reopen_one(self._bin[-1].id)

    def reopen_one(self, id: str) -> bool:
        """Take a draft out of the bin, by its id; whether it was there."""
        panel = next((each for each in self._bin if each.id == id), None)
        if panel is None:
            return False
        self._bin.remove(panel)
        self._show(panel)
        self.reopened.emit(panel)
        return True

    def step(self, by: int) -> None:
        """Go to a neighbouring draft, around the end."""
        if self.tabs.count():
            self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())

    def changeEvent(self, event: QEvent) -> None:
        """Called by Qt."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_stack"):
            for panel in self.panels:
                self._title(panel)

    def _show(self, panel: DraftPanel) -> None:
        row = self.tabs.addTab(panel, "")
        self._add_close_button(row, panel, "Close this draft (Ctrl+W)")
        self._title(panel)
        self._stack.setCurrentWidget(self.tabs)
        self.tabs.setCurrentIndex(row)
        self.selected.emit(panel)

    def _add_close_button(self, row: int, panel: QWidget, tip: str) -> None:
        close = tool_button("closeTabButton", "", tip, Symbol.CLOSE, lambda: self._close(panel))
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.setIconSize(QSize(12, 12))
        # A tab is as tall as its button: the padding of the quiet buttons elsewhere is too much here.
        close.setStyleSheet("QToolButton { padding: 2px; min-height: 0; }")
        self.tabs.tabBar().setTabButton(row, QTabBar.ButtonPosition.RightSide, close)

    def _close(self, panel: QWidget) -> None:
        self.close_tab(self.tabs.indexOf(panel))

    def _title(self, panel: DraftPanel) -> None:
        row = self.tabs.indexOf(panel)
        if row >= 0:
            self.tabs.setTabText(row, panel.title.replace("&", "&&"))
            self.tabs.setTabToolTip(row, f"{panel.title}\n{panel.head.address.url}")
            self.tabs.setTabIcon(row, swatch(panel.desk.environment.id, self.palette()))
            self.tabs.tabBar().setTabData(row, panel.desk.environment.id)

    def _show_menu(self, place: QPoint) -> None:
        row = self.tabs.tabBar().tabAt(place)
        panel = self.tabs.widget(row)
        if not isinstance(panel, DraftPanel):
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addMenu("Copy to")
        for environment in self._environments:
            action = copy.addAction(swatch(environment.id, self.palette()), environment.name)
            action.triggered.connect(lambda checked=False, to=environment: self.copy_asked.emit(panel, to))
        menu.addAction("Close", lambda: self._close(panel))
        menu.popup(self.tabs.tabBar().mapToGlobal(place))


class _DraftBar(QTabBar):
    """Draws each tab's environment as a stripe along its top; a tab's data is the environment's id."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        super().paintEvent(event)
        painter = QPainter(self)
        tokens = tokens_of(self.palette())
        for row in range(self.count()):
            if self.tabData(row) is None:
                continue  # a page is of no environment
            place = self.tabRect(row)
            stripe = QRect(place.left(), place.top(), place.width() - 1, HEIGHT)
            painter.fillRect(stripe, QColor(environment_colour(str(self.tabData(row)), tokens).stripe))
