"""How an exchange travelled: its times, the secure connection, both headers, and both bodies as they were."""

import hashlib
from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QTabWidget, QWidget

from caiso_desktop.model.call import Headers
from caiso_desktop.model.evidence import lacking_words
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.identity import Certificate
from caiso_desktop.model.transport import TlsFacts
from caiso_desktop.ui.document.text import DocumentText
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named
from caiso_desktop.ui.page import Page
from caiso_desktop.ui.phrase import clock_words, size_words
from caiso_desktop.ui.timing_bars import TimingBars


class ExchangeDetails(QTabWidget):
    """Three pages: an overview, the request as sent, the answer as it came."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "exchangeDetails", "How the call travelled")
        self.tabBar().setObjectName("exchangeDetailsBar")
        self.tabBar().setAccessibleName("Pages of the exchange")
        self.setDocumentMode(True)
        self._overview = Page("exchangeOverview", "Times, connection and headers")
        self._request = named(DocumentText(jobs), "requestText", "The request as sent")
        self._response = named(DocumentText(jobs), "responseText", "The answer as it came")
        self._unopened: dict[QWidget, Path] = {}
        self.addTab(self._overview, "Overview")
        self.addTab(self._request, "Request as sent")
        self.addTab(self._response, "Answer as it came")
        self.currentChanged.connect(lambda row: self._open())

    @property
    def text(self) -> str:
        """All the words of the overview."""
        return self._overview.text

    def show_exchange(self, exchange: Exchange) -> None:
        """Show another exchange."""
        response = exchange.response
        self._show_overview(exchange)
        self.setTabEnabled(self.indexOf(self._response), response is not None)
        self._unopened = {self._request: exchange.request.body}
        if response is not None:
            self._unopened[self._response] = response.body
        self._open()

    def _open(self) -> None:
        """Open the page in front; what nobody looks at is not read."""
        page = self.currentWidget()
        if isinstance(page, DocumentText) and page in self._unopened:
            page.open(self._unopened.pop(page))

    def _show_overview(self, exchange: Exchange) -> None:
        page, request, response = self._overview, exchange.request, exchange.response
        page.clear()
        page.add_heading(f"{request.method} {clock_words(exchange.started)}")
        page.add_words(request.url)
        if exchange.certificate is not None:
            page.add_words(f"As {exchange.certificate.subject}")
        if exchange.lacks:
            page.add_words(lacking_words(exchange.lacks))
        if response is not None:
            page.add_heading(f"HTTP {response.status} {response.reason} · {size_words(response.size)}")
            page.add(TimingBars(response.timings))
            if response.route is not None:
                learnt = f", as {response.route.learnt}" if response.route.learnt else ""
                page.add_words(f"Way: {response.route}{learnt}")
            elif exchange.way:
                page.add_words(f"Way: {exchange.way}")
            if response.tls is not None:
                rows = _tls_rows(response.tls)
                page.add_table("tlsTable", "Secure connection", ("Fact", "Value"), rows, stretch=1)
            self._add_headers("responseHeaders", "Headers of the answer", response.headers)
        self._add_headers("requestHeaders", "Headers of the request", request.headers)
        if exchange.certificate is not None:
            rows = _certificate_rows(exchange.certificate, exchange.key_place)
            page.add_table("certificateTable", "Certificate that was shown", ("Fact", "Value"), rows, stretch=1)

    def _add_headers(self, object_name: str, title: str, headers: Headers) -> None:
        if headers:
            self._overview.add_table(object_name, title, ("Name", "Value"), list(headers), stretch=1)


def _tls_rows(tls: TlsFacts) -> list[tuple[str, str]]:
    """From the server's own certificate to the authority; who only sent it is not verified by us but by the system."""
    rows = [("Version", tls.version), ("Cipher", tls.cipher)]
    if tls.peer_certificate and not tls.links:
        rows.append(("Server's certificate, SHA-256", hashlib.sha256(tls.peer_certificate).hexdigest().upper()))
    for number, link in enumerate(tls.links, 1):
        rows += _facts(
            (f"{'Sent' if tls.as_sent else 'Chain'} {number}", link.subject or "(no name)"),
            ("issued by", link.issuer),
            ("valid", _validity(link.since, link.until)),
            ("serial", link.serial),
            ("SHA-256", link.thumbprint),
        )
    return rows


def _certificate_rows(certificate: Certificate, key_place: str) -> list[tuple[str, str]]:
    """The public part of the certificate, and where its key lives."""
    return _facts(
        ("Subject", certificate.subject),
        ("issued by", certificate.issuer),
        ("valid", _validity(certificate.not_before, certificate.not_after)),
        ("serial", f"{certificate.serial:X}"),
        ("SHA-256", certificate.thumbprint),
        ("Its key lies", key_place),
    )


def _facts(*facts: tuple[str, str]) -> list[tuple[str, str]]:
    """Those that are known."""
    return [fact for fact in facts if fact[1]]


def _validity(since: datetime | None, until: datetime | None) -> str:
    if until is None:
        return ""
    return f"{since:%Y-%m-%d} to {until:%Y-%m-%d}" if since is not None else f"until {until:%Y-%m-%d}"
