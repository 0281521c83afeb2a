"""Live pages: which named parts of which pages are out of date, and the stream that says so.

A change calls `stale.mark("person-12/phone")` in its own transaction. The stream process takes the marks out
of the outbox, announces them in batches by NOTIFY, and tells every open page that shows such a part; the page
then fetches the part through its ordinary view. Knows no domain: scopes and parts are just words.
"""
