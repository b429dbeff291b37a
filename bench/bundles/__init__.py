"""A sweep in one file: everything that its report is made of, safe to open."""
