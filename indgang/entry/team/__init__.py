"""The centre's day: who is on duty, what a team leader changes about it, and the alerts somebody must look at."""
