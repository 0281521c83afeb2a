"""The desk: one screen for an agent, and one for a case worker."""
