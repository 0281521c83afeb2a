"""The switchboard: the process that takes reports and orders, asks `entry.board`, writes, then orders the exchanges."""
