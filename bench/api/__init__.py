"""What `import tunebench` offers, below its names."""
