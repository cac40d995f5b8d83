"""A fake beside the port of what asks endpoints: it takes a package that a test has named from the disk."""

import threading
from collections.abc import Callable
from pathlib import Path

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, Cancelled, Fate
from caiso_desktop.model.package import Fetch, Packages, Stock, ignore_words


class FakeCollector:
    """``failure`` is raised instead, once; while ``go`` is not set, a fetch waits; ``asked`` lists what was wanted."""

    def __init__(self, packages: Packages, source: Path | None = None) -> None:
        self._packages = packages
        self.source = source
        self.asked: list[Fetch] = []
        self.failure: CaisoError | None = None
        self.go = threading.Event()
        self.go.set()

    def fetch(
        self, wanted: Fetch, token: CancelToken, *, replace: bool = False, tell: Callable[[str], None] = ignore_words
    ) -> Stock:
        """Take in the package that lies at ``source``."""
        self.asked.append(wanted)
        tell("Fetching")
        while not self.go.wait(0.01):
            if token.cancelled:
                raise Cancelled("The fetch was stopped.", fate=Fate.NOT_SENT)
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
        if self.source is None:
            raise CaisoError("nothing is there to be fetched.")
        return self._packages.add(self.source, token, owner=wanted.owner, replace=replace, tell=tell)
