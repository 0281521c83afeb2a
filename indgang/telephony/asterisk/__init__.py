"""Asterisk as an exchange: its configuration, its process, and the provider that implements the contract through ARI.

An *installation* is the programs on disk. An *exchange* is one running Asterisk with its own settings, directory and
ports. The *provider* (`provider.Asterisk`) is the interface for the product. Nothing outside this package
names Asterisk, except the wiring that chooses a provider.
"""
