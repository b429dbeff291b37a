"""The catalog of problems as a page."""
