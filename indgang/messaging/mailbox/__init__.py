"""Shared mailboxes: fetching over IMAP and sending over SMTP, with password or with Microsoft 365's OAuth.

`opening` is the door, `contract` its words, and `keeping` follows mailboxes for as long as a process runs.
"""
