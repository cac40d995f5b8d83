"""All that looks again, as the window is given it."""

from dataclasses import dataclass

from caiso_desktop.model.dispatch_watch import DispatchWatcher
from caiso_desktop.model.follow_up import FollowUps
from caiso_desktop.model.watch import Watcher


@dataclass(frozen=True, slots=True)
class Watching:
    """One of each, for the window."""

    follow_ups: FollowUps
    watcher: Watcher
    dispatch: DispatchWatcher
