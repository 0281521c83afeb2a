"""Mails: received into threads, routed by rules, answered."""
