"""Distribution: who is offered which item, and when. The door is `distributor.Distributor`.

`requirement` holds what comes in, `decision` what goes out; `line` holds the queues and the agents' seats, `matching`
brings them together; `estimate` says how long somebody waits. See docs/algorithms/distribution.md.
"""
