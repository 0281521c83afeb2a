"""Hand-overs: questions that the contact centre passes to the second level, each with its card, owner and promise.

A hand-over belongs to an enquiry. Its unit always owns it, whoever of the unit works on it, so that it is never
nobody's. What happens to it is an event stream of its own; the rows follow from it (docs/handover.md).
"""
