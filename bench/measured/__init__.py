"""What is measured of each problem of the catalog, and what its regret is measured by."""
