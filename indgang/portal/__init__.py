"""The public site: find the answer, do it yourself, then call. Every page works without JavaScript."""
