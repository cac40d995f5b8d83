"""What the whole window has to say, under its bar: one notice for each matter, gone when it is settled."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from caiso_desktop.ui.notice import Notice


class NoticeStrip(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._notices: dict[str, Notice] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 4, 8, 4)
        self._column.setSpacing(4)
        self.hide()

    @property
    def text(self) -> str:
        """All that is said."""
        return "\n".join(notice.text for notice in self._notices.values())

    def put(self, matter: str, notice: Notice) -> None:
        """Say something about a matter, instead of what was said of it before."""
        self.drop(matter)
        self._notices[matter] = notice
        self._column.addWidget(notice)
        self.show()

    def drop(self, matter: str) -> None:
        """A matter is settled."""
        notice = self._notices.pop(matter, None)
        if notice is not None:
            notice.hide()
            notice.deleteLater()
        self.setVisible(bool(self._notices))
