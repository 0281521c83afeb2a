"""Reports: read, noted on and sent; their templates and milestones."""
