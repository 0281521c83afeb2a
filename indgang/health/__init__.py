"""Whether the product is fit to run: checks that anybody may add to, and what they find. It knows no domain."""
