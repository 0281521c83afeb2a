"""Benefits: what a unit gains by a line of a business case, month by month, against what was signed.

`terms` and `following` compute, `recomputed` puts measured amounts into the case (all pure); `contracts` signs,
`measuring` reads the figures, `closing` freezes a month.
"""
