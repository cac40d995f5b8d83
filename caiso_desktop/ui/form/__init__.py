"""The form of a payload on the screen, and the draft that it shares with the XML."""
