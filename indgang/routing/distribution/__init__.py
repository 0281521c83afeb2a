"""Distribution: who is offered which item, and when. The door is `distributor.Distributor`.

`requirement` holds what comes in, `decision` what goes out; `line`, `seat` and `matching` are the queues, the agents
and how the two are brought together; `estimate` says how long somebody waits. See docs/algorithms/distribution.md.
"""
