"""Asterisk as the telephone: its configuration, its process, and the provider that keeps the contract through ARI.

Nouns: an *installation* is the programs on disk; an *exchange* is one running Asterisk with its own settings,
directory and ports; the *provider* (`provider.Asterisk`) is what the product talks to. Nothing outside this package
names Asterisk, except the wiring that chooses a provider.
"""
