"""The views of the desk, one file per thing an agent has in hand."""
