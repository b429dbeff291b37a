"""What settings of problems share."""

LATER = {"record_default": False}
"""Metadata of a setting that older results do not have (`bench.settings.values`)."""
