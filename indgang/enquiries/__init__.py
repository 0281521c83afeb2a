"""The enquiry (henvendelse): its life as an event stream, who it was from, and what it was about.

The current row is derived from the events; durations and outcomes are never typed in where they can be measured.
"""
