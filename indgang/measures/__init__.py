"""Figures: their definitions, formulas over sums (pure), and the recount of the sums from the events."""
