"""`badak train`, `evaluate`, `predict` and `info` for tables."""
