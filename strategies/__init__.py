"""Tuning strategies; every module without a leading underscore is in the catalog."""
