"""Who answers offline: a CAISO on loopback, which rejects what CAISO would reject."""
