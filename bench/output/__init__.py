"""The files of a report beside its page: a folder replaced as a whole, copies of the rows."""
