"""Chats with visitors of the public site. How they go is in docs/written.md."""
