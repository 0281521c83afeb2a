"""Correspondence: mails, forms, chats and SMS, each thread the written side of one enquiry.

What a contact writes begins an enquiry or goes on with one, and waits as a work item in a queue beside calls
(`entry.board.written`). What is sent and received is kept as it was. How it all goes is in docs/written.md.
"""
