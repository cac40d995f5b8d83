"""What the editor of a payload is made of."""
