"""Entry: the way in. `setup` holds what administrators set up, `board` decides (pure), `switchboard` does it.

The switchboard writes what happened through the journal that is given to it and then orders the telephone. The package
knows the way of a caller to a person, not what the enquiry was about.
"""
