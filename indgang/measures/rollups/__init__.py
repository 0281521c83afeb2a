"""Roll-ups: what the events of each stream count (`facts`), added up for each quarter of an hour (`tallies`, `store`).

`counting` follows the log and keeps the rows current, `rebuilding` counts them anew, `recomputing` says where they
differ from the events, and `reading` gives the sums of a period.
"""
