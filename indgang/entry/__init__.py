"""Entry: the way in. Entry points, flows, prompts, queues, who is on, and the live distributor.

`board` decides (pure), `switchboard` does: it writes what happened through the journal that is given to it and
then orders the telephone. Knows the caller's way to a person, not what the enquiry was about.
"""
