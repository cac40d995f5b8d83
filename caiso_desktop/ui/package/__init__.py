"""The page of schema packages, and what is opened from it."""
