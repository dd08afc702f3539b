"""Matrix multiplication: micro-kernels, edges, packing, prefetching."""
