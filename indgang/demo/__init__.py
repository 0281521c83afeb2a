"""The demo: a municipality as the pre-study describes it, and a day in it.

`municipality` seeds the rows (repeatable), `day` decides who calls when (pure), and `colleagues` are the simulated
people who take calls. Figures are in `data/`.
"""
