"""Switching services to the contact centre: rehearse, decide, carry out, take back; and the old numbers."""
