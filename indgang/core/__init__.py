"""Ground for everyone else: time, ranges, opening hours, Danish text, telephone numbers and ids. Pure Python."""
