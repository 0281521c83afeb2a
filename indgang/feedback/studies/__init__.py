"""Reflective feedback (packages 2 to 4): studies from plan to measured effect, crowdsourcing sessions, and which
service has which package. Sources: R-198 to R-213 and R-218 to R-220."""
