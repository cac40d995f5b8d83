"""The batches of dispatch as rows, newest first: what came, how it stands now, and what has changed since it came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from caiso_desktop.model.dispatch_watch import Change, DispatchBatch, Poll
from caiso_desktop.model.moment import PACIFIC

HEADERS = (
    "Sent",
    "Type",
    "Status",
    "Answers",
    "Changed",
    "Starts",
    "Expires",
    "Market",
    "UID",
)
MOST_ROWS = 2000
_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Listed:
    """``changed`` says when and what it was before, of the last change; empty: nothing did."""

    batch: DispatchBatch
    changed: str = ""


class BatchList:
    """Takes polls; plain, for one thread."""

    def __init__(self) -> None:
        self._listed: list[_Listed] = []
        self._news: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self._listed)

    def uid(self, row: int) -> str:
        """The UID of the batch in a row, empty where there is none."""
        return self._listed[row].batch.uid if 0 <= row < len(self._listed) else ""

    def row_of(self, uid: str) -> int:
        """Where a batch stands, -1 where it does not."""
        return next((row for row, each in enumerate(self._listed) if each.batch.uid == uid), -1)

    def clear(self) -> None:
        """Another environment: nothing of this one is listed."""
        self._listed, self._news = [], frozenset()

    def take(self, poll: Poll) -> tuple[Sequence[DispatchBatch], Sequence[Change]]:
        """Take what a poll brought; what of it is new here, newest first, and what has changed."""
        known = {each.batch.uid for each in self._listed}
        new = [batch for batch in reversed(poll.batches) if batch.uid not in known]
        changed = [change for change in poll.changes if change.news]
        for change in poll.changes:
            row = self.row_of(change.batch.uid)
            if row >= 0:
                at = poll.exchange.started.astimezone(PACIFIC)
                words = f"{at:%H:%M:%S %Z}: {change.words}" if change.news else self._listed[row].changed
                self._listed[row] = _Listed(change.batch, words)
        self._listed = [*map(_Listed, new), *self._listed][:MOST_ROWS]
        told = {each.uid for each in new if not poll.first} | {each.batch.uid for each in changed}
        self._news = frozenset(told) or self._news
        return new, changed

    @property
    def news(self) -> Sequence[int]:
        """The rows that the last news were about."""
        return [row for row, each in enumerate(self._listed) if each.batch.uid in self._news]

    def rows(self) -> list[tuple[str, ...]]:
        """The texts of the table, in the order of `HEADERS`."""
        return [
            (
                pacific(each.batch.sent),
                each.batch.type,
                each.batch.status,
                each.batch.answers,
                each.changed,
                pacific(each.batch.start, each.batch.sent),
                pacific(each.batch.expires, each.batch.sent),
                each.batch.market,
                each.batch.uid,
            )
            for each in self._listed
        ]


def announcement(new: Sequence[DispatchBatch], changed: Sequence[Change]) -> tuple[str, str]:
    """The title and the words for what is new and what has changed; both empty where nothing is."""
    titles = [_counted(len(new), "come")] if new else []
    if changed:
        titles.append(f"{len(changed):,} changed" if new else _counted(len(changed), "changed"))
    # What has changed is looked at first: somebody may have acted on it.
    told = [
        f"{each.batch.type}, from {pacific(each.batch.start)}: "
        f"{', '.join(filter(None, (each.batch.status, each.batch.answers)))} ({each.words})"
        for each in changed
    ]
    told += [f"{each.type}, from {pacific(each.start)}: {each.status}" for each in new]
    more = f"; and {len(told) - _NAMED:,} more" if len(told) > _NAMED else ""
    return ", ".join(titles), "; ".join(told[:_NAMED]) + more


def pacific(moment: datetime | None, beside: datetime | None = None) -> str:
    """A moment in Pacific time with its zone, PST or PDT: in November an hour comes twice. Empty for none.

    Without its day where that is the day ``beside`` it.
    """
    if moment is None:
        return ""
    there = moment.astimezone(PACIFIC)
    known = beside is not None and beside.astimezone(PACIFIC).date() == there.date()
    return f"{there:%H:%M:%S %Z}" if known else f"{there:%Y-%m-%d %H:%M:%S %Z}"


def _counted(count: int, what: str) -> str:
    return f"A dispatch batch has {what}" if count == 1 else f"{count:,} dispatch batches have {what}"
