"""A payload for another trade date: its times, what moves, and what the other day lacks or adds."""
