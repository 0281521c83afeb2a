"""Backup and restore of what the product keeps: the database and the sounds of its prompts and recordings."""
