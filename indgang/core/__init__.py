"""The foundation of all packages: time, ranges, opening hours, Danish text, telephone numbers and ids. Pure Python."""
