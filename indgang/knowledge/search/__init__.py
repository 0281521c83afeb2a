"""Search over articles, guides, services, units, people and earlier answers. docs/algorithms/search.md explains it."""
