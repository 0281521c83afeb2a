"""Hand-overs in the office: the lists of units, the rules of escalation and the proof of promises."""
