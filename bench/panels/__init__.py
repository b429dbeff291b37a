"""The runs of a sweep as arrays: a panel a problem, its axis, its regret, what counts as equal."""
