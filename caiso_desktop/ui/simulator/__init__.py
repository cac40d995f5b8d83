"""The simulator in the window: what is to go wrong there, and what came."""
