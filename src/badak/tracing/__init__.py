"""Trace a formula: run a plain function with tracers for arrays and record its operations."""
