"""Articles, guides and the search in them: what staff say and the website shows."""
