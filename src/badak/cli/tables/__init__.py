"""The commands of `badak` for tables: the same names as for images, chosen by the data."""
