"""Foundations: registries, validation, files, display, random numbers, statistics, memory."""
