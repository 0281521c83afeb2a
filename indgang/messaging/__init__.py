"""Messages to people outside: mail today. Each is queued in the transaction of the change that causes it."""
