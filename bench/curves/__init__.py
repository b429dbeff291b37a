"""How far strategies come over the budget, and where they end."""
