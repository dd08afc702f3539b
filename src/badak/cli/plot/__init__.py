"""`badak plot`: formulas, networks, training and answers as pictures."""
