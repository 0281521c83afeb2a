"""SMS with citizens and businesses: sent once or in doubt, received once, and none to a number that said STOP."""
