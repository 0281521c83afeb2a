"""Plots as pure SVG, for pages and for PDFs: series over time, and bars by group ([why](../../docs/adr/0043))."""
