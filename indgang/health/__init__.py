"""Whether the product is fit to run: checks that any package may add, and their findings. It knows no domain."""
