"""What a problem is like: which parameters matter, how far random search gets."""
