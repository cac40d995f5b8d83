"""What the user wants of each kind of follow-up: offered, asked by itself, or never; kept in the settings."""

from enum import StrEnum

from caiso_desktop.model.settings import Settings

_SETTING = "follow."


class Wish(StrEnum):
    """What is done after a submit of a kind. The values are those in the settings; at first it is offered."""

    OFFER = ""
    ALONE = "yes"
    NEVER = "never"

    @property
    def words(self) -> str:
        """It in words."""
        return {Wish.OFFER: "Offer it", Wish.ALONE: "Run by itself", Wish.NEVER: "Never"}[self]


class FollowChoice:
    """Reads and keeps the wishes, by the id of the kind; what cannot be read counts as an offer."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def of(self, kind: str) -> Wish:
        """What is wished of a kind."""
        said = self._settings.get(f"{_SETTING}{kind}")
        return Wish(said) if said in set(Wish) else Wish.OFFER

    def choose(self, kind: str, wish: Wish) -> None:
        """Wish it so from now on."""
        self._settings.set(f"{_SETTING}{kind}", wish)
