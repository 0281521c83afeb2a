"""What is counted, and how: definitions and formulas over sums (pure), and the recount of the sums from the events."""
