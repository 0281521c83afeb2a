"""The audit trail: what changed, and who looked at a person's history. Append-only; no foreign keys, so
that nothing here ever stands in the way of deleting or moving live data."""
