"""Background jobs: what is done each day, and the worker that does it."""
