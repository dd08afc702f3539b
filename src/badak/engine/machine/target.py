"""The target processor: its name and features as LLVM reports them, and its vector width."""

import os
from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True)
class Processor:
    """What LLVM calls the processor, what it can do, how many float32 a register has."""

    name: str
    features: str
    vector: int

    @property
    def converts_half(self) -> bool:
        """Whether it turns float16 into float32; else that would be a call that nothing answers."""
        return not set(self.features.split(",")).isdisjoint({"+f16c", "+avx512f", "+neon"})


@cache
def processor() -> Processor:
    """Return this machine's processor, or the one that NUMBA_CPU_NAME and its like ask for."""
    import llvmlite.binding as llvm

    name = os.environ.get("NUMBA_CPU_NAME") or llvm.get_host_cpu_name()
    features = os.environ.get("NUMBA_CPU_FEATURES")
    if features is None:
        features = llvm.get_host_cpu_features().flatten()
    return Processor(name, features, _vector(features))


def _vector(features: str) -> int:
    has = set(features.split(","))
    if "+avx512f" in has and "+avx512vl" in has:
        return 16
    return 8 if "+avx2" in has or "+avx" in has else 4


def target_machine() -> Any:
    """Return LLVM's machine for this processor, a new one: its user takes it over."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    here = processor()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(cpu=here.name, features=here.features, opt=3, jit=True)
