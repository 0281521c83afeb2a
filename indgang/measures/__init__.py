"""Figures: their definitions, formulas over sums (pure), and the recount of the sums from the events.

`settlement` holds what centres owe each other for calls that they answered.
"""
