"""The connection doctor, as one sees it."""
