"""A keyring of the run's own."""

from tests.keystore.conftest import session_bus

__all__ = ["session_bus"]
