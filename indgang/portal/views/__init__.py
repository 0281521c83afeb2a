"""The pages of the public site, one file per subject. Those that are only read are cached (`portal.page_cache`)."""
