"""The rows of planning."""
