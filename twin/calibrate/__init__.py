"""From a factory's own records to a scenario."""
