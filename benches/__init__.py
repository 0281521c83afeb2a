"""Benches: `make bench` runs all, `make bench NAME=phone` one. Each prints one JSON object per line and figure."""
