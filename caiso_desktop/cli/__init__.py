"""A door: the program without a window. Argument parsing and printing, nothing else."""
