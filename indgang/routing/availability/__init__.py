"""Who at the second level can take a question now: agreed windows, people's own days, substitutes and back-ups.

Pure. `windows` holds the facts, `reachability` answers the question. The desk shows the answer; the router follows it.
"""
