"""Documents of any size, shown as text and as a tree."""
