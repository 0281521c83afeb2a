"""Registers of other systems, read only: case systems, by agreement, and the company register.

`contract` says what a case system answers. `rest`, `sql_view` and `demo` ask one. `asking` limits how long, and how
many at a time, wait for an answer. `look_up` is the only way to ask for a person: it applies the agreement and writes
the look in the audit trail. Answers are never stored.
"""
