"""Look inside a network: traces, layer statistics, diagnosis, attribution, gradient checks."""
