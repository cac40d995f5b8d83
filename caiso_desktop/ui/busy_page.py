"""A page among the drafts on which calls may be under way."""

from PySide6.QtWidgets import QWidget


class BusyPage(QWidget):
    """Whoever closes the window or the page asks it first."""

    @property
    def under_way(self) -> int:
        """How many calls are under way."""
        return 0

    def may_close(self) -> bool:
        """Whether it may go now; one that may not says why."""
        return True
