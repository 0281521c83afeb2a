"""Reflective feedback: which service has which package, studies from plan to effect, and crowdsourcing sessions."""
