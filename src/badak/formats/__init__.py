"""Files of other programs, read and written; none of them can run code."""
