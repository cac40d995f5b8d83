"""A payload's repeated elements as a grid: typed, pasted, filled, sorted, written back as one step."""
