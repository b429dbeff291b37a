"""matplotlib, set up the same on every machine."""
