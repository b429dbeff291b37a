"""Writers for trackers of experiments, which only read a results folder."""
