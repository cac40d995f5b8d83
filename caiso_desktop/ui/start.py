"""Makes the QApplication and the window, and gives them what the assembly built."""

from caiso_desktop import assembly as assembly
