"""Benches: `make bench` runs all, `make bench NAME=phone` one. Each prints one JSON object per line and figure."""

from indgang.core import compiled

compiled.want()  # `make bench PLAIN=1` says otherwise
