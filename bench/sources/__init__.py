"""What can be reported: a results folder, several, a pack, or a table of other tools."""
