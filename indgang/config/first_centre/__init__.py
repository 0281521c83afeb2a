"""The smallest working centre and its first administrator, which `indgang init` creates in an empty database."""
