"""Keras 3's files, `.keras` and `.weights.h5`, read and written without Keras."""
