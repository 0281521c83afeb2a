"""The event log: append-only streams of events, whose kinds are declared by the packages that write them.

`event` and `kinds` are pure: what an event is, and what each kind holds. `models` and `months` keep the log,
`cursor` lets named readers follow it and lose no event (docs/adr/0021).
"""
