"""A department's own view: what the contact centres did for it."""
