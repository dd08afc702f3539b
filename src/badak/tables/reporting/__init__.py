"""A report on a network for tables: what it saw, how good it is, where it errs, what spoils it."""
