"""How bytes travel: HTTPS with a client certificate, cancelled at once, streamed to disk."""
