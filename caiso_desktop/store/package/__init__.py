"""The shelf of schema packages: unpacked within bounds, put up whole or not at all, listed and removed."""
