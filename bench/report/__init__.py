"""Tables, figures and a page from the frames that analysis gives."""
