"""Articles, guides, news and search: what staff tell callers and what the website shows."""
