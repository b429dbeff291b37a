"""The page of a sweep, with its tables and figures."""
