"""Turn a network into a program and run it, for training and for inference."""
