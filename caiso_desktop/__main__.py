"""`python -m caiso_desktop` opens the window."""

import gc
import sys

# What is made before the window is painted stays, so to look through it for garbage again and again is lost time:
# an eighth of the start. Later `caiso_desktop.ui.sweeper` lets the collector work, on the thread where it may.
gc.disable()

from caiso_desktop.ui.start import main  # noqa: E402  # after the line above, as this import is what it is about

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
