"""Date formats where Django's own differ from ours (FORMAT_MODULE_PATH)."""
