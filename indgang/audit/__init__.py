"""The audit trail: what changed, and who looked at a person's history. It is append-only and has no foreign keys, so
that it never prevents the deletion or move of live data."""
