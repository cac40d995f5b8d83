"""Which way a host is reached, as it was chosen, as the system says, or as a script says."""
