"""Which identities one has where."""

from collections.abc import Mapping, Sequence

from caiso_desktop.model.identity import Identity, Keystore


class IdentityDirectory:
    """Names the keystores whose identities may be shown in each environment.

    An environment without a line of its own has those of ``general``: the simulator's identity is worth nothing at
    CAISO, and a real certificate has no business on the simulator.
    """

    def __init__(self, general: Sequence[Keystore], particular: Mapping[str, Sequence[Keystore]]) -> None:
        self._general = tuple(general)
        self._particular = dict(particular)

    def for_environment(self, environment: str) -> Sequence[Identity]:
        """The identities that may be shown in this environment."""
        stores = self._particular.get(environment, self._general)
        return tuple(identity for store in stores for identity in store.identities())
