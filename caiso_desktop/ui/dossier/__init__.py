"""Exchanges of others: opened from a file, looked at, never sent."""
