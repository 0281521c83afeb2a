"""Feedback: who is asked how it went, what they answer, and one index of it ([details](docs/feedback.md)).

`scales`, `index`, `sampling` and `resemblance` are pure. `invitations` and `answering` are the doors for the ways of
asking; every answer is an event in the log.
"""
