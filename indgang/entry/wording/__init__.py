"""A flow in words: its steps and fields, its problems, and a rehearsed call."""
