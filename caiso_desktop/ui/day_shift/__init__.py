"""A draft's payload for another trade date: what would change, what must be decided, and the one step that does it."""
