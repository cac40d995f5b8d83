"""What looks again: for an answer that is awaited, for dispatch, and for what follows a submit."""

from collections.abc import Callable
from pathlib import Path

from caiso_desktop.assembly.late import Late
from caiso_desktop.assembly.memory import Memory
from caiso_desktop.assembly.shelves import Shelves
from caiso_desktop.manners.courier import Pause
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.dispatch_watch import DispatchWatcher
from caiso_desktop.model.exchange import Courier
from caiso_desktop.model.follow_up import FollowUps
from caiso_desktop.model.payload import Payloads
from caiso_desktop.model.watch import Watcher
from caiso_desktop.model.watching import Watching


class Lookout:
    """``quiet`` carries the questions of a dispatch watch, ``rest`` waits before what is watched is looked at again."""

    def __init__(
        self,
        courier: Courier,
        quiet: Courier,
        rest: Pause,
        memory: Memory,
        shelves: Shelves,
        catalogue: Callable[[], Catalogue],
        payloads: Payloads,
        resources: Path,
    ) -> None:
        self.rest = rest
        self._courier = courier
        self._quiet = quiet
        self._memory = memory
        self._shelves = shelves
        self._catalogue = catalogue
        self._payloads = payloads
        self._resources = resources
        self.watching = Watching(
            Late(self._make_follow_ups).port, Late(self._make_watcher).port, Late(self._make_dispatch).port
        )

    def _make_watcher(self) -> Watcher:
        from caiso_desktop.watch.retrieve import RetrieveWatch
        from caiso_desktop.watch.settling import Settling

        return RetrieveWatch(self._courier, self._rest, settle=Settling(lambda: self._memory.journal))

    def _make_dispatch(self) -> DispatchWatcher:
        from caiso_desktop.contract.code_words import code_words
        from caiso_desktop.watch.batches import STATUSES, TYPES
        from caiso_desktop.watch.dispatch import DispatchWatch
        from caiso_desktop.watch.settling import Settling

        schema = self._resources / "contracts" / "ads-v7" / "documents.xsd"
        return DispatchWatch(
            self._quiet,
            self._rest,
            lambda: code_words(schema, (TYPES, STATUSES)),
            self._memory.spool.forget,
            Settling(lambda: self._memory.journal),
            over=self._tell_questions,
        )

    def _tell_questions(self) -> None:
        self._memory.questions.tell()

    def _make_follow_ups(self) -> FollowUps:
        from caiso_desktop.watch.follow_up import ChainFollowUps

        return ChainFollowUps(
            self._catalogue, lambda: self._shelves.chains, self._payloads, lambda: self._memory.journal
        )

    def _rest(self, seconds: float, token: CancelToken) -> None:
        self.rest(seconds, token)
