"""How a thread takes subnormal numbers, switched by compiled code."""

from badak.engine.machine.intrinsics import compiled, load, store
from badak.engine.machine.subnormals import compute_as_before, flush_subnormals


@compiled
def switch(kept, flush):
    """Take them as 0 and keep the mode before at an address, or compute as that says again."""
    if flush:
        store(kept, 0, flush_subnormals(1))
    else:
        compute_as_before(load(kept, 0))
