"""Cooperation agreements between the owner of a contact centre and its operator (samarbejdsaftaler): six parts, price
and staffing, and targets that name a version of a KPI definition.

An agreement is drafted by either party, signed by both, and never changed afterwards.
"""
