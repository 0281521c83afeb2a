"""What a switch changes, read and written: one module for each kind of part.

Each offers `present` (what holds, as a text), `put` (let another value hold), and `words` (a value for people).
"""
