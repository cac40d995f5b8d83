"""A payload's repeated elements as a table: its columns and rows, what a cell says, and what an edit of it writes."""
