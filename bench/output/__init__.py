"""What is written to disk beside a page: the rows it is made from, in a folder swapped in whole."""
