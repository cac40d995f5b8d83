"""The packages as the window knows them, and what is being done with them: one thing at a time, off this thread."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, Cancelled, HostNotApproved
from caiso_desktop.model.guard import KnownHosts
from caiso_desktop.model.package import Fetch, Owner, Package, PackageExists, ShelfPlace, Stock
from caiso_desktop.model.package_words import counted
from caiso_desktop.model.service import Target
from caiso_desktop.model.workshop import Workshop
from caiso_desktop.ui.jobs import Jobs

_Task = Callable[[CancelToken, Callable[[str], None]], Stock | None]
Again = Callable[[], None]


class PackageWork(QObject):
    """``changed`` when there is something else to show; ``packages_changed`` when calls may go by something else."""

    changed = Signal()
    told = Signal(str)
    packages_changed = Signal()

    def __init__(self, workshop: Workshop, known_hosts: KnownHosts, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workshop = workshop
        self._hosts = known_hosts
        self._jobs = jobs
        self._token: CancelToken | None = None
        self.stock: tuple[Stock, ...] | None = None
        self.places: tuple[ShelfPlace, ...] = ()
        self.owner = Owner.USER
        self.doing = ""
        self.chosen: tuple[str, Owner] | None = None
        self.done: tuple[str, str] | None = None
        self.failure: CaisoError | None = None
        self.remedy: tuple[str, Again] | None = None

    @property
    def shown(self) -> Stock | None:
        """The package that is looked at."""
        return next((each for each in self.stock or () if _key(each.package) == self.chosen), None)

    def choose(self, package: Package | None) -> None:
        """Look at this one."""
        self.chosen = _key(package) if package is not None else None
        self.changed.emit()

    def read(self) -> None:
        """Look at the shelf anew."""

        def look(token: CancelToken) -> tuple[tuple[Stock, ...], tuple[ShelfPlace, ...]]:
            return tuple(self._workshop.packages.stock()), tuple(self._workshop.packages.places())

        def done(found: tuple[tuple[Stock, ...], tuple[ShelfPlace, ...]]) -> None:
            stock, self.places = found
            self._know(stock)

        self._jobs.run(look, owner=self, done=done, failed=self._failed)

    def put_into(self, owner: Owner) -> None:
        """Let what is imported from now on be this one's."""
        self.owner = owner

    def add(self, source: Path, *, name: str = "", owner: Owner | None = None, again: bool = False) -> None:
        """Take in a package, for whom it is chosen; ``again`` puts it in the place of the one of its name."""
        owner = owner or self.owner

        def task(token: CancelToken, tell: Callable[[str], None]) -> Stock:
            return self._workshop.packages.add(source, token, name=name, owner=owner, replace=again, tell=tell)

        self._run(
            f"Importing {source.name}",
            task,
            "Imported",
            lambda: self.add(source, name=name, owner=owner, again=True),
        )

    def fetch(self, wanted: Fetch, *, again: bool = False) -> None:
        """Ask an endpoint for its WSDL."""

        def task(token: CancelToken, tell: Callable[[str], None]) -> Stock:
            return self._workshop.collector.fetch(wanted, token, replace=again, tell=tell)

        self._run(
            f"Fetching the WSDL of {wanted.target.service}",
            task,
            "Fetched",
            lambda: self.fetch(wanted, again=True),
            lambda: self.fetch(wanted, again=again),
        )

    def remove(self, package: Package) -> None:
        """Forget a package."""

        def task(token: CancelToken, tell: Callable[[str], None]) -> None:
            self._workshop.packages.remove(package.name, package.owner)

        self._run(f"Removing {package.name}", task, f"{package.name} was removed.")

    def match(self, package: Package, operation: str, target: Target | None) -> None:
        """Say by hand which row an operation is about."""

        def task(token: CancelToken, tell: Callable[[str], None]) -> Stock:
            return self._workshop.packages.match(package.name, operation, target, package.owner)

        self._run(f"Matching {operation}", task, "Matched" if target is not None else "Taken back")

    def stop(self) -> None:
        """Stop what is going on."""
        if self._token is not None:
            self._token.cancel()

    def dismiss(self) -> None:
        """What was told has been read."""
        self.done = self.failure = self.remedy = None
        self.changed.emit()

    def _run(
        self, doing: str, task: _Task, verb: str, replacing: Again | None = None, retry: Again | None = None
    ) -> None:
        if self.doing:
            return
        self.doing, self.done, self.failure, self.remedy = doing, None, None, None
        tell = self._jobs.relay(self.told.emit, owner=self)

        def work(token: CancelToken) -> tuple[Stock | None, tuple[Stock, ...]]:
            return task(token, tell), tuple(self._workshop.packages.stock())

        def done(outcome: tuple[Stock | None, tuple[Stock, ...]]) -> None:
            made, stock = outcome
            self.doing, self._token = "", None
            if made is not None:
                self.chosen = _key(made.package)
                whose = " For everybody in the company." if made.package.owner is Owner.COMPANY else ""
                self.done = (f"{verb}: {made.package.name}", f"{counted(made)}.{whose}")
            else:
                self.done = (verb, "")
            self._know(stock)
            self.packages_changed.emit()

        def failed(error: CaisoError) -> None:
            self.doing, self._token = "", None
            self._failed(error, replacing, retry)

        self._token = self._jobs.run(work, owner=self, done=done, failed=failed, long=True)
        self.changed.emit()

    def _know(self, stock: tuple[Stock, ...]) -> None:
        self.stock = stock
        if self.shown is None:
            self.chosen = _key(stock[0].package) if stock else None
        self.changed.emit()

    def _failed(self, error: CaisoError, replacing: Again | None = None, retry: Again | None = None) -> None:
        self.stock = self.stock if self.stock is not None else ()
        if isinstance(error, Cancelled):
            self.done = ("Stopped", "Nothing was changed.")
        else:
            self.failure = error
        if isinstance(error, PackageExists) and replacing is not None:
            self.remedy = (f"Replace {error.name}", replacing)
        elif isinstance(error, HostNotApproved) and retry is not None:
            self.remedy = (f"Approve {error.host} for this certificate, and fetch", self._approving(error, retry))
        self.changed.emit()

    def _approving(self, error: HostNotApproved, again: Again) -> Again:
        def approve() -> None:
            self._hosts.approve(error.host, error.thumbprint)
            again()

        return approve


def _key(package: Package) -> tuple[str, Owner]:
    return package.name, package.owner
