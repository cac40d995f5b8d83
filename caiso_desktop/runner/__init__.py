"""MANY CALLS ONE AFTER THE OTHER: a list of calls with what is expected of each, carried and judged."""
