"""Staffing: how many people a centre needs, and when. Pure engines: numbers in, numbers out.

`erlang` says what callers meet with so many agents; `need` how many agents meet a target; `sizing` how many full-time
equivalents a year needs; `presets` holds the sizings of the documents with the source of each assumption.
"""

from indgang.core import compiled

compiled.use()
