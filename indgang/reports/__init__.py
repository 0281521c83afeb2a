"""Reports in their cadence: made from a template on their day, noted on, sent, and never changed afterwards."""
