"""Planning: what the engines of `staffing` say about this municipality.

They are given what was measured (calls, handling times, patience), and what is assumed and decided.
"""
