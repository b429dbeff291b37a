"""Tuning strategies, one module each; every module without a leading underscore is in the catalog."""
