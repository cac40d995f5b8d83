"""`python -m caiso_desktop` opens the window."""

import sys

from caiso_desktop.ui.start import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
