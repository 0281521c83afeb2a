"""For machines: health of the product."""
