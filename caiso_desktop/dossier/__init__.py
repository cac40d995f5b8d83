"""WHAT LEAVES THE HOUSE: one exchange in a zip, with stand-ins for what is nobody else's business, and read again."""
