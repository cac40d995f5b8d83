"""A door: the program without a window. Argument parsing and printing, nothing else."""

from caiso_desktop.cli.door import main

__all__ = ["main"]
