"""Plots on given axes, named as in analysis: they draw, they never compute."""
