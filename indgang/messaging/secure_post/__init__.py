"""Secure post (Digital Post): the format of its messages, the service that carries them, and a simulator."""
