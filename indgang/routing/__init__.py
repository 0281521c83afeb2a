"""How a call finds its way: flows before the queue, distribution from the queue to a person. Pure engines.

Nouns: Flow and Step of a flow; Item, Agent, QueueRule and Decision of the distribution; Rule of a routing table.
No Django, no clock, no input or output: time is an argument, decisions are answers with their reasons.
"""
