"""Drafts kept under a name: saved, found again, opened as a new draft, replaced, removed."""
