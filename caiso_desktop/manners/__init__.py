"""HOW ONE BEHAVES: a polite pace towards each host, and trying again where that does no harm."""
