"""Run lists: many calls to one environment, watched while they are made, their results kept."""
