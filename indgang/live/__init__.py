"""Live pages: which named parts of which pages are stale, and the stream that tells the pages.

A change calls `stale.mark("person-12/phone")` in its own transaction. The stream process takes the marks out of the
outbox, announces them in batches by NOTIFY, and tells every open page that shows such a part. The page then fetches the
part through its ordinary view. This package knows no domain: scopes and parts are plain strings.
"""
