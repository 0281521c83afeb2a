"""The switchboard: the process that hears the exchanges and the people, asks `entry.board`, writes, then orders."""
