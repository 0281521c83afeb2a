"""Telephony: one small contract, and the exchanges that implement it.

A *leg* is one party's connection to the exchange (the caller, an agent's phone, an outside number). A *bridge* lets
legs hear each other. The contract is in `contract`; `asterisk` and `simulator` implement it. The package knows
nothing of queues, flows, agents' days or enquiries.
"""
