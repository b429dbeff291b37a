"""Figures, named as in analysis: they draw, they never compute."""
