"""What a company allows on the machines that it looks after."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """What a company allows on its machines; ``second_person`` wants one's approval for each submit to Production."""

    production_submits: bool = True
    user_overlays: bool = True
    second_person: bool = False
