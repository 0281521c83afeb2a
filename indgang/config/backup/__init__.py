"""Backup and restore of the product's data: the database and the sounds of its prompts and recordings."""
