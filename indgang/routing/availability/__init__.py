"""Who at the second level can take a question now: agreed windows, people's own days, substitutes and back-ups.

Pure. `windows` holds the facts, `answer` the question. The desk shows the answer, and the router follows it.
"""
