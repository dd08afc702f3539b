"""ONNX: networks of the dense kind, written for any program that reads it, and read from it."""
