"""Builds the house: every object once, from places and settings; both doors use it."""
