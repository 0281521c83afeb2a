"""Shared components, base pages, the page-or-part helper and the client side of live pages. Knows no domain."""
