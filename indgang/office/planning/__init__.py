"""Pages of planning: how many people are needed, and what would happen if."""
