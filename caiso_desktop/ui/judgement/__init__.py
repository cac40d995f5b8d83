"""What is thought of a payload, shown while it is written."""
