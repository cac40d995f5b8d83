"""Drafts from the files of other programs."""
