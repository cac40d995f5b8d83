"""A person's certificates: listed, imported, removed, tried, chosen, watched, and the questions for their keys."""
