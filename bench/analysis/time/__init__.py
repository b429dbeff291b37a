"""What strategies cost in seconds, and what that means for evaluations of any cost."""
