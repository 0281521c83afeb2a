"""Shift planning: who works when, where and at what, by rules with prices. Pure.

`problem` is the question in plain values; `rules` are the hard and soft rules with their prices; `checker` says what a
plan breaks and knows nothing of how it was made. `candidates`, `neighbourhood`, `bound` and `search` make a plan;
`conflict` finds the smallest set of rules that no plan can keep; `wire` reads and writes it all as JSON.
"""
