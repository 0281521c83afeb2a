"""Messages to people outside: mail today. What is to be sent is put down in the transaction that wants it."""
