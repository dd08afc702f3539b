"""Callbacks: what watches training and steers it."""
