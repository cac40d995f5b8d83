"""A page that follows what it shows: written anew soon after a change, while one stays where one was reading."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from caiso_desktop.ui.notice import Notice
from caiso_desktop.ui.page import Page, page_title
from caiso_desktop.ui.pause import pause


class LivingPage(Page):
    """A page says in `fill` what is on it, and in `first` where the keyboard goes; `refill_soon` writes it anew."""

    def __init__(self, object_name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(object_name, accessible_name, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # Soon, not at once: what is written anew holds the button or menu whose click is still being handled.
        self._soon = pause(self, 0, self.refill)

    @property
    def text(self) -> str:
        """All the words on the page, for a reader that cannot see it."""
        return "\n".join([*(notice.text for notice in self.findChildren(Notice)), super().text])

    def fill(self) -> None:
        """Write the page."""
        raise NotImplementedError

    @property
    def first(self) -> QWidget | None:
        """The list, or what one does where it is empty."""
        raise NotImplementedError

    def refill_soon(self) -> None:
        """Write it anew once what goes on now is done."""
        self._soon.start()

    def refill(self) -> None:
        """Write it anew, and stay where one was reading."""
        place, keyboard = self.verticalScrollBar().value(), self._has_keyboard()
        self.clear()
        self.fill()
        self.verticalScrollBar().setValue(place)
        if keyboard:
            self.take_keyboard()

    def take_keyboard(self) -> None:
        """Give the keyboard to what comes first."""
        target = self.first
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def add_head(self, title: str, buttons: Sequence[QPushButton], said: QLabel | None = None) -> None:
        """Add the page's title, what is said beside it, and its buttons at the right."""
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(page_title(title))
        if said is not None:
            row.addWidget(said)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        self.add(head)

    def _has_keyboard(self) -> bool:
        focus = self.window().focusWidget() if self.isVisible() else None
        return focus is not None and (focus is self or self.isAncestorOf(focus))
