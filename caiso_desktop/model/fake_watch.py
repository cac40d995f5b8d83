"""Fakes of what looks again: it offers what a test has said, and looks when a test lets it."""

from dataclasses import dataclass, field

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.follow_up import Filled, FollowUp, Origin
from caiso_desktop.model.watch import Watching


@dataclass
class FakeFollowUps:
    """``next`` comes after every call; a draft of it says so."""

    next: FollowUp | None = None
    asked: list[Origin | None] = field(default_factory=list)

    def after(self, exchange: Exchange, origin: Origin | None = None) -> FollowUp | None:
        """As a test has said."""
        self.asked.append(origin)
        return self.next

    def fill(self, follow_up: FollowUp) -> Filled:
        """A draft that names the service."""
        return Filled(Draft(f"<Filled>{follow_up.target.service}</Filled>"), ("trade date",), ("resources",))


class FakeWatching:
    """All of them, and the `Watching` made of them."""

    def __init__(self) -> None:
        self.follow_ups = FakeFollowUps()

    @property
    def ports(self) -> Watching:
        """What the window is given."""
        return Watching(self.follow_ups)
