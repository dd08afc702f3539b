"""The lock of all that compiles and links; a fork waits for it.

A forked process has the one thread that forked. A lock that another thread held at that moment is
locked in the child for ever, and LLVM's is held for as long as a formula takes to compile.
"""

import os
import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from typing import Any

COMPILING = threading.RLock()

_forking = threading.local()


def _llvm_lock() -> AbstractContextManager[Any]:
    """The lock around each call of LLVM's, which code that is freed takes without ours."""
    library = getattr(sys.modules.get("llvmlite.binding.ffi"), "lib", None)
    return getattr(library, "_lock", None) or nullcontext()


def _before_fork() -> None:
    COMPILING.acquire()
    _forking.llvm = _llvm_lock()
    _forking.llvm.__enter__()


def _after_fork() -> None:
    """Release both locks, in parent and child; none if waiting for them was broken off."""
    llvm = _forking.__dict__.pop("llvm", None)
    if llvm is not None:
        llvm.__exit__(None, None, None)
        COMPILING.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
    )
