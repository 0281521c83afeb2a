"""The telephone: one small contract, and the exchanges that keep it.

Nouns: a *leg* is one party's connection to the exchange (the caller, an agent's phone, an outside
number); a *bridge* is what lets legs hear each other. The contract is in `contract`; `asterisk` and
`simulator` keep it. The package knows nothing of queues, flows, agents' days or enquiries.
"""
