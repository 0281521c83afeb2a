"""Endpoints for other programs: health and metrics of the product."""
