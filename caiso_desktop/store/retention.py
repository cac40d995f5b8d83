"""Deletes what is old: answers on the disk, what records say, drafts in the bin; and knows where everything lies."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from caiso_desktop.model.draft_store import Drafts
from caiso_desktop.model.journal import Filter, Standing
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.retention import FOREVER, Deleted, Lies, Retention
from caiso_desktop.model.settings import Settings
from caiso_desktop.store.database import Database
from caiso_desktop.store.journal import CallJournal
from caiso_desktop.store.spool import Spool

_SETTINGS = {
    "answer_days": "retention.answer_days",
    "answer_bytes": "retention.answer_bytes",
    "record_days": "retention.record_days",
    "bin_days": "retention.bin_days",
}
_PAGE = 500


class HouseKeeper:
    """The port `caiso_desktop.model.retention.Keeper`. ``places`` are the program's folders and files, in words."""

    def __init__(
        self,
        settings: Settings,
        spool: Spool,
        journal: CallJournal,
        drafts: Drafts,
        database: Database,
        places: Sequence[tuple[str, Path]],
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._settings = settings
        self._spool = spool
        self._journal = journal
        self._drafts = drafts
        self._database = database
        self._places = places
        self._clock = clock

    @property
    def retention(self) -> Retention:
        """How long things are kept; what a setting spoils is as usual."""
        usual = Retention()
        read = {name: self._number(setting, getattr(usual, name)) for name, setting in _SETTINGS.items()}
        return Retention(**read)

    def set_retention(self, retention: Retention) -> None:
        """Keep things for another time from now on."""
        for name, setting in _SETTINGS.items():
            self._settings.set(setting, str(getattr(retention, name)))

    def tidy(self) -> Deleted:
        """Delete what is older or more than it may be; what somebody must look into, or a draft is of, stays."""
        keeping = self.retention
        drafts = self._drafts.empty_bin(keeping.bin_days) if keeping.bin_days != FOREVER else 0
        answers = self._spool.prune(keeping.answer_age, keeping.answer_bytes, self._wanted())
        records = 0
        if keeping.record_days != FOREVER:
            until = self._clock() - timedelta(days=keeping.record_days)
            records = self._forget(Filter(until=until), f"older than {keeping.record_days} days")
        return self._shrunk(Deleted(answers, records, drafts))

    def delete_now(self, *, answers: bool = False, records: bool = False, drafts: bool = False) -> Deleted:
        """Delete at once."""
        # Drafts first: what only they were of goes with them.
        binned = self._drafts.empty_bin(0) if drafts else 0
        return self._shrunk(
            Deleted(
                self._spool.prune(timedelta(0), 0, self._wanted()) if answers else 0,
                self._forget(Filter(), "deleted by the user") if records else 0,
                binned,
            )
        )

    def where(self) -> Sequence[Lies]:
        """Where everything lies."""
        return [Lies(what, path, _size(path)) for what, path in self._places]

    def _wanted(self) -> set[str]:
        """The exchanges of unknown fate, and those whose payload a draft was opened of: it lies among their files."""
        unknown = {entry.record.exchange for entry in self._journal.unknown()}
        return unknown | {file.parent.name for file in self._drafts.files()}

    def _forget(self, filter: Filter, reason: str) -> int:
        """Delete what records say, a page at a time; those of unknown fate that nobody looked into stay."""
        count = 0
        before: int | None = None
        while page := self._journal.search(filter, limit=_PAGE, before=before):
            before = page[-1].id
            calls = [each.id for each in page if each.settled or each.standing is not Standing.UNKNOWN]
            count += self._journal.forget(calls, reason)
        return count

    def _shrunk(self, deleted: Deleted) -> Deleted:
        """Take the words of deleted records out of the index, and give the room back to the disk."""
        if deleted.records:
            self._journal.purge()
        if deleted.records or deleted.drafts:
            self._database.shrink()
        return deleted

    def _number(self, setting: str, usual: int) -> int:
        text = self._settings.get(setting) or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else usual


def _size(path: Path) -> int:
    """The bytes of a file, or of everything in a folder; what goes meanwhile counts nothing."""
    total = 0
    for each in path.rglob("*") if path.is_dir() else [path]:
        try:
            total += each.lstat().st_size
        except OSError:
            continue
    return total
