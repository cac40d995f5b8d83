"""All that a door works with to show and set how hosts are reached and who may vouch for them."""

from collections.abc import Callable
from dataclasses import dataclass

from caiso_desktop.model.route import NetworkSettings, ProxyPasswordsKept, Routes
from caiso_desktop.model.trust import Authorities


@dataclass(frozen=True, slots=True)
class Network:
    """``routes`` and the answers of ``authorities`` may take a while: ask them on a worker."""

    settings: NetworkSettings
    routes: Routes
    authorities: Callable[[], Authorities]
    kept: ProxyPasswordsKept
