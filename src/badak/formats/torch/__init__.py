"""PyTorch's `state_dict`: weights by the names that ``nn.Sequential`` gives them.

PyTorch keeps a matrix as (units, inputs), badak as (inputs, units). A state_dict holds weights and
nothing else: neither activations nor how the data are prepared.
"""
