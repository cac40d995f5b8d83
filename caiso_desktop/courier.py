"""The one use case: draft, message, recorded, sent, answer read, recorded. No Qt, no globals."""
