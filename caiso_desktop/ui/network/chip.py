"""Which way the host of the draft in front is reached, as a chip; a click leads to the settings."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, Cancelled
from caiso_desktop.model.route import Route, Routes
from caiso_desktop.ui.icon import Symbol, Tone, icon
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named, styled

_CLICK = "Click to change it."


class ProxyChip(QToolButton):
    """Looks for the way on a worker, and says meanwhile that it does; the last question wins."""

    def __init__(self, routes: Routes, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "proxyChip", "Way to the host")
        styled(self, chip=True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._routes = routes
        self._jobs = jobs
        self._token: CancelToken | None = None
        self._say("Way", "Open a draft to see which way its host is reached.", Tone.MUTED)

    def show_host(self, host: str, port: int) -> None:
        """Look for the way to a host; nothing is looked for where there is none."""
        if self._token is not None:
            self._token.cancel()
            self._token = None
        if not host:
            self._say("Way", "The draft has no address.", Tone.MUTED)
            return
        self._say("Way: looking…", f"Looking for the way to {host}.", Tone.MUTED)
        self._token = token = self._jobs.run(
            lambda _: self._routes.find(host, port),
            owner=self,
            done=lambda routes: self._found(token, host, routes),
            failed=lambda error: self._failed(token, host, error),
        )

    def _found(self, token: CancelToken, host: str, routes: Sequence[Route]) -> None:
        if token is not self._token:
            return
        first, *others = routes
        words = "Direct" if first.proxy is None else f"Proxy {first.proxy}"
        story = f"{host} is reached {'directly' if first.proxy is None else f'through the proxy {first.proxy}'}"
        story += f", as {first.learnt}." if first.learnt else "."
        if others:
            story += f"\nIf nobody answers there: {', then '.join(str(each) for each in others)}."
        self._say(words, story, Tone.PLAIN)

    def _failed(self, token: CancelToken, host: str, error: CaisoError) -> None:
        if token is self._token and not isinstance(error, Cancelled):
            self._say("Way not known", f"{host}: {error}", Tone.WARNING)

    def _say(self, words: str, story: str, tone: Tone) -> None:
        self.setText(words)
        self.setToolTip(f"{story}\n{_CLICK}")
        self.setAccessibleName(f"Way to the host: {words}")
        self.setIcon(icon(Symbol.WARNING if tone is Tone.WARNING else Symbol.PROXY, tone))
