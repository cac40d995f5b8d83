"""Asks an endpoint for its WSDL and what that names beside it, and puts it on the shelf of packages.

Only what lies below the endpoint's own folder on its own host is asked for, with an empty GET, and only on hosts of
the chosen environment. What the WSDL names elsewhere is left as it is: the package then says that it is not there.
"""

import posixpath
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from caiso_desktop.contract.package.link import links, relinked, suffix_of
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import Cancelled, HostNotApproved, IdentityError, SchemaError
from caiso_desktop.model.guard import KnownHosts, is_own
from caiso_desktop.model.identity import Identity, IdentityRef, Trust
from caiso_desktop.model.package import Fetch, PackageError, PackageExists, Packages, Stock, ignore_words
from caiso_desktop.model.transport import Limits, Progress, Request, Transport

LIMITS = Limits(read=60, total=180)
MOST_DOCUMENTS = 200
LARGEST = 16 << 20
"""Bytes of one document."""

_MEANING = {
    401: "The host does not accept this certificate.",
    403: "The host does not accept this certificate.",
    404: "There is no WSDL at this address.",
    405: "This address does not show its WSDL; the simulator's do not.",
}


class WsdlCollector:
    """The port `caiso_desktop.model.package.Collector`; ``open`` gives the identity of a reference."""

    def __init__(
        self,
        packages: Packages,
        catalogue: Callable[[], Catalogue],
        open: Callable[[IdentityRef], Identity],
        trust: Callable[[str], Trust],
        hosts: KnownHosts,
        transport: Transport,
    ) -> None:
        self._packages = packages
        self._catalogue = catalogue
        self._open = open
        self._trust = trust
        self._hosts = hosts
        self._transport = transport

    def fetch(
        self, wanted: Fetch, token: CancelToken, *, replace: bool = False, tell: Callable[[str], None] = ignore_words
    ) -> Stock:
        """Ask for a WSDL and take it in; see the port."""
        target = wanted.target
        name = f"{target.service} {target.version}".strip()
        known = {each.package.name for each in self._packages.stock() if each.package.owner is wanted.owner}
        if name in known and not replace:
            raise PackageExists(name)
        url = self._catalogue().url(wanted.environment, target)
        identity = self._identity(wanted, url)
        with tempfile.TemporaryDirectory(prefix="caiso-") as folder:
            request = Request(
                url=url,
                headers=(),
                body=b"",
                keep=Path(folder, "answer"),
                hosts=self._catalogue().hosts(wanted.environment),
                identity=identity,
                trust=self._trust(wanted.environment),
                limits=LIMITS,
                method="GET",
            )
            package = Path(folder, "package")
            package.mkdir()
            for file, data in _Errand(self._transport, request, token, tell).documents().items():
                (package / file).write_bytes(data)
            return self._packages.add(
                package,
                token,
                name=name,
                owner=wanted.owner,
                replace=replace,
                origin=f"{url}?WSDL",
                tell=tell,
            )

    def _identity(self, wanted: Fetch, url: str) -> Identity | None:
        application, _, _ = self._catalogue().row(wanted.target)
        if application.public:
            return None
        if wanted.identity is None:
            raise IdentityError("CAISO's services ask for a certificate, also before they show their WSDL.")
        identity = self._open(wanted.identity)
        host, certificate = urlsplit(url).hostname or "", identity.certificate
        if not is_own(host) and not self._hosts.approved(host, certificate.thumbprint):
            raise HostNotApproved(host, certificate.thumbprint, certificate.common_name)
        return identity


@dataclass
class _Errand:
    """One WSDL and what it names; ``request`` is what is asked for each, but for its address."""

    transport: Transport
    request: Request
    token: CancelToken
    tell: Callable[[str], None]
    _files: dict[str, str] = field(default_factory=dict)

    def documents(self) -> dict[str, bytes]:
        """Every document by its new name, naming the others by theirs."""
        waiting = [f"{self.request.url}?WSDL"]
        found: dict[str, bytes] = {}
        missed: set[str] = set()
        while waiting:
            url = waiting.pop(0)
            if url in found or url in missed:
                continue
            if len(found) + len(missed) >= MOST_DOCUMENTS:
                raise PackageError(f"{self.request.url} names more than {MOST_DOCUMENTS} documents.")
            try:
                data = self._ask(url, len(found) + len(missed))
            except PackageError:
                if not found:
                    raise
                missed.add(url)  # what names it stays as it is, and is told to name what is not there
                continue
            found[url] = data
            self._files[url] = self._name(url, data)
            waiting += [address for link in links(data) if (address := self._beside(url, link))]
        return {self._files[url]: self._relinked(url, data) for url, data in found.items()}

    def _ask(self, url: str, number: int) -> bytes:
        self.tell(f"Fetching {url}")
        stop = CancelToken()
        self.token.on_cancel(stop.cancel)
        large: list[bool] = []

        def watch(progress: Progress) -> None:
            if progress.received > LARGEST:
                large.append(True)
                stop.cancel()

        keep = self.request.keep.with_name(f"answer-{number}")
        try:
            response = self.transport.send(replace(self.request, url=url, keep=keep, on_progress=watch), stop)
        except Cancelled as error:
            if large:
                raise PackageError(f"{url} is larger than {LARGEST >> 20} MB.") from error
            raise
        if response.status != 200:
            said = f"{response.status} {response.reason}".strip()
            raise PackageError(f"{url} answered {said}.", advice=_MEANING.get(response.status))
        if response.size > LARGEST:
            raise PackageError(f"{url} is larger than {LARGEST >> 20} MB.")
        data = response.body.read_bytes()
        try:
            suffix_of(data)
        except SchemaError as error:
            raise PackageError(f"{url} answered with something else: {error.detail}") from error
        return data

    def _beside(self, url: str, link: str) -> str | None:
        """The address that a link leads to, where it is below the endpoint's folder on its host; else None."""
        try:
            address = urldefrag(urljoin(url, link.strip().replace("\\", "/").replace(" ", "%20"))).url
            ours, theirs = urlsplit(self.request.url), urlsplit(address)
        except ValueError:
            return None  # no address at all
        if (theirs.scheme, theirs.netloc) != (ours.scheme, ours.netloc):
            return None
        folder = posixpath.dirname(ours.path).rstrip("/") + "/"
        path = posixpath.normpath(unquote(unquote(theirs.path)).replace("\\", "/"))
        return address if path.startswith(folder) else None

    def _name(self, url: str, data: bytes) -> str:
        parts = urlsplit(url)
        last = unquote(parts.path.rpartition("/")[2])
        stem = re.sub(r"(?i)\.(wsdl|xsd)$", "", last)
        if parts.query.casefold() not in ("", "wsdl"):
            stem = f"{stem} {unquote(parts.query)}"
        stem = re.sub(r"[^\w.-]+", "-", stem).strip("-. ")[:80] or "document"
        name = stem + suffix_of(data)
        taken = {each.casefold() for each in self._files.values()}
        return name if name.casefold() not in taken else f"{stem}-{len(taken)}{suffix_of(data)}"

    def _relinked(self, url: str, data: bytes) -> bytes:
        """A document as it came, where nothing in it must be renamed."""
        places = {}
        for link in links(data):
            address = self._beside(url, link)
            if address in self._files and self._files[address] != link:
                places[link] = self._files[address]
        return relinked(data, places) if places else data
