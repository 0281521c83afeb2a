"""The demo: a municipality as the pre-study describes it, and a day in it.

`municipality` seeds the rows (repeatable), `day` says who calls when (pure), `colleagues` are the simulated people who
take calls. Figures live in `data/`.
"""
