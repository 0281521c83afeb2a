"""Fællespostkasser: which there are, how they are reached, and where their mails go."""
