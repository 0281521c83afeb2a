"""Segments of services in the office: the map of complexity and volume, and the services with their indicators."""
