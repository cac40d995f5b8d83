"""The ports to what looks again: what follows a submit, and what is asked for until there is something new."""

from dataclasses import dataclass

from caiso_desktop.model.follow_up import FollowUps


@dataclass(frozen=True, slots=True)
class Watching:
    """One of each, for the window."""

    follow_ups: FollowUps
