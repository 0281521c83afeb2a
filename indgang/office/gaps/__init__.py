"""What the website could have answered, and what was done about it."""
