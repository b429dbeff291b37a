"""Worker processes: started, given tasks, and ended with everything they started."""
