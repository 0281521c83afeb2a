"""Endpoints for other programs: health and metrics of the product, and what the SMS gateway reports."""
