"""From question to digital: which questions a page could have answered, and what a measure against them has changed."""
