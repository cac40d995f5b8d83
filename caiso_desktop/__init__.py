"""CAISO Desktop: every web service of the California ISO from one window."""

__version__ = "0.1.0"
