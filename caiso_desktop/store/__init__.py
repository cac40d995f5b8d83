"""What we remember: settings, drafts, journal, spool of answers."""
