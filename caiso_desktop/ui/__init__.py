"""A door: what one sees. The only room that knows PySide6."""
