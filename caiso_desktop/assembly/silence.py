"""Who is asked where no person stands: nobody."""


class Silence:
    """An `Asking` that asks nobody: for a door at which no person stands."""

    def passphrase(self, question: str, *, new: bool) -> str | None:
        """Nothing."""
        return None
