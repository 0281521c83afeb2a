"""Distribution: who is offered which item, and when. The entry point is `distributor.Distributor`.

`requirement` defines the input and `decision` the output. `line` holds the queues and the agents' seats, `matching`
pairs items with agents, and `estimate` calculates the expected wait. See docs/algorithms/distribution.md.
"""
