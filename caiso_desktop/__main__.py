"""`python -m caiso_desktop` opens the window."""
