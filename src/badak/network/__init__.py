"""The model: a stack of layers, inference, summary, saving and loading."""
