"""Messages to and from people outside: mail and SMS.

A mail is queued in the transaction of the change that causes it.
"""
