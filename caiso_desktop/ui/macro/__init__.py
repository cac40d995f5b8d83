"""The macros of a draft, on the screen: what they mean now, and what they meant when it was let through."""
