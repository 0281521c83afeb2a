"""Settlement of calls that one centre answers for another: what counts, what it costs, and the closed statements.

`answers` and `prices` are pure; `reading` finds the calls in the event log, `terms` and `statements` hold the actions.
"""
