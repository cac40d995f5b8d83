"""The simulator's dispatch system: batches that arrive with the clock, and answers that change them."""
