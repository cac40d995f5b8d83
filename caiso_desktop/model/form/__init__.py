"""A payload as a form: its rows, what may be added where, and what an edit of a row writes."""
