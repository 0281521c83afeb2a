"""The smallest working centre and its first administrator, as `indgang init` makes them in an empty database."""
