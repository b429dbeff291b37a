"""Results of other tools, read and written in the formats of those tools."""
