"""The office's editor of online forms."""
