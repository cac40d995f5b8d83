"""What CAISO offers: the access document as data, read from TOML."""
