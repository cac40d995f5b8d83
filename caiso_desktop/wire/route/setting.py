"""The choice of the network, kept among the settings as one text: changed as a whole or not at all."""

import json
import sys

from caiso_desktop.model.error import UsageError
from caiso_desktop.model.route import Mode, NetworkChoice
from caiso_desktop.model.route_words import checked, read_proxy
from caiso_desktop.model.settings import Settings

SETTING = "network"

USUAL = NetworkChoice(Mode.SYSTEM if sys.platform in ("win32", "darwin") else Mode.DIRECT)
"""Windows and macOS have one setting that every program goes by. Elsewhere there are only environment variables,
which may have been meant for another program: they count when a person chooses so."""


class SettingsNetwork:
    """The port `caiso_desktop.model.route.NetworkSettings`; what cannot be read is as if it had never been chosen."""

    def __init__(self, settings: Settings, usual: NetworkChoice = USUAL) -> None:
        self._settings = settings
        self._usual = usual

    def choice(self) -> NetworkChoice:
        """What is chosen."""
        text = self._settings.get(SETTING)
        try:
            found = json.loads(text) if text else None
            if found is None:
                return self._usual
            return checked(
                NetworkChoice(
                    mode=Mode(found["mode"]),
                    proxy=read_proxy(found["proxy"]) if found.get("proxy") else None,
                    pac=str(found.get("pac", "")),
                    exceptions=tuple(str(each) for each in found.get("exceptions", ())),
                    user=str(found.get("user", "")),
                    remember=found.get("remember") is True,
                )
            )
        except (ValueError, KeyError, TypeError, AttributeError, UsageError):
            return self._usual

    def choose(self, choice: NetworkChoice) -> None:
        """Keep a choice."""
        checked(choice)
        plain = {
            "mode": str(choice.mode),
            "proxy": str(choice.proxy) if choice.proxy else "",
            "pac": choice.pac,
            "exceptions": list(choice.exceptions),
            "user": choice.user,
            "remember": choice.remember,
        }
        self._settings.set(SETTING, json.dumps(plain, sort_keys=True))
