"""The event log: append-only streams of events, whose kinds are declared by the packages that write them.

`event` and `kinds` are pure: they define events and the payload of each kind. `models` and `months` store the log, and
`cursor` lets named readers follow it without losing an event (docs/adr/0021).
"""
