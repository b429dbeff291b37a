"""From a sweep to its results: what is missing, done by a backend, recorded by a sink."""
