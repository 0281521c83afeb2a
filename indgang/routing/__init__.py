"""Routing: flows lead a call to a queue, distribution from the queue to a person. Pure engines.

`flows` says what a caller hears next; `distribution` who is offered what. Each has its words in its own folder.
No Django, no clock, no input or output: time is an argument, decisions are answers with their reasons.

The engines may be compiled (`core.compiled`); that changes their speed only.
"""

from indgang.core import compiled

compiled.use()
