"""Says what is new where one looks: in the window's strip, at the taskbar, and by the system where it can."""

from collections.abc import Callable

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from caiso_desktop.ui.notice import Notice
from caiso_desktop.ui.notice_strip import NoticeStrip

_SHOWN_MS = 10_000


class Announcing:
    """``strip`` is the window's. The taskbar and the system are bothered only where the window is not in front."""

    def __init__(self, window: QWidget, strip: NoticeStrip) -> None:
        self._window = window
        self._strip = strip
        self._tray: QSystemTrayIcon | None = None

    def say(self, matter: str, tone: str, title: str, words: str, show: Callable[[], object] | None = None) -> None:
        """Say something about a matter, with a way to it."""
        notice = Notice(tone, title, words)
        if show is not None:
            notice.offer(f"show-{matter}", "Show it", lambda: self._go(matter, show))
        notice.offer(f"hide-{matter}", "Hide", lambda: self._strip.drop(matter))
        self._strip.put(matter, notice)
        # A screen reader says it too, without the eye, or the focus, going there.
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, f"{title}. {words}"))
        top = self._window.window()
        if top.isActiveWindow():
            return
        QApplication.alert(top)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            if self._tray is None:
                self._tray = QSystemTrayIcon(top.windowIcon(), self._window)
                self._tray.messageClicked.connect(top.activateWindow)
            self._tray.show()
            self._tray.showMessage(title, words, top.windowIcon(), _SHOWN_MS)

    def close(self) -> None:
        """Take the icon away."""
        if self._tray is not None:
            self._tray.hide()

    def _go(self, matter: str, show: Callable[[], object]) -> None:
        self._strip.drop(matter)
        show()
