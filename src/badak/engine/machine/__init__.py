"""The processor: target, bytecode, intrinsics, LLVM, caches, threads."""
