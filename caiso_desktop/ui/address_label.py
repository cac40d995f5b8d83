"""The address a call goes to: the host stands out, and all of it can be copied."""

from html import escape
from urllib.parse import urlsplit

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.named import named
from caiso_desktop.ui.palette import tokens_of
from caiso_desktop.ui.tool_button import tool_button


class AddressLabel(QWidget):
    """Elides the path in its middle where there is no room for all of it; the host is never cut before the path."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._url = ""
        self._instead = ""
        self._words = named(QLabel(), "addressLabel", "Address")
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._copy = tool_button("copyAddressButton", "", "Copy the address", Symbol.COPY, self.copy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._copy)

    @property
    def url(self) -> str:
        """The whole address, empty where there is none."""
        return self._url

    def show_url(self, url: str, instead: str = "") -> None:
        """Show an address, or a sentence instead of one."""
        self._url = url
        self._copy.setVisible(bool(url))
        self._words.setToolTip(url or instead)
        self._words.setAccessibleName(f"Address: {url}" if url else instead)
        self._instead = instead
        self._lay_out()

    def copy(self) -> None:
        """Put the whole address on the clipboard."""
        QGuiApplication.clipboard().setText(self._url)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Called by Qt."""
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        """Called by Qt."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_words"):
            self._lay_out()

    def minimumSizeHint(self) -> QSize:
        """Called by Qt."""
        return QSize(120, super().minimumSizeHint().height())

    def _lay_out(self) -> None:
        if not self._url:
            self._words.setText(escape(self._instead))
            return
        tokens = tokens_of(self.palette())
        parts = urlsplit(self._url)
        metrics = self._words.fontMetrics()
        before, host, after = f"{parts.scheme}://", parts.netloc, self._url.split(parts.netloc, 1)[1]
        # The host is drawn bold, which is a little wider than the metrics of the plain font say.
        room = self._words.width() - metrics.horizontalAdvance(before) - int(metrics.horizontalAdvance(host) * 1.15) - 4
        after = metrics.elidedText(after, Qt.TextElideMode.ElideMiddle, max(room, 24))
        muted = f'<span style="color:{tokens.text_muted}">'
        self._words.setText(f"{muted}{escape(before)}</span><b>{escape(host)}</b>{muted}{escape(after)}</span>")
