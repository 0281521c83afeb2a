"""Secure post (Digital Post) as enquiries: received, answered, and followed until it is delivered or is not."""
