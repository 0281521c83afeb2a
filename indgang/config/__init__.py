"""Puts the product together: settings, URLs, processes, and the links from low packages to high ones."""
