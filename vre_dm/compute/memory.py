"""How a process that reads trees keeps its memory: what it frees it uses again, and does not give back."""

MALLOC = {"MALLOC_TRIM_THRESHOLD_": str(1 << 28), "MALLOC_MMAP_THRESHOLD_": str(1 << 28)}
"""Environment of every process that does chunks; only what is set before it starts has an effect.

Decompressed baskets are megabytes. By default glibc maps each from the system and gives it back, and the
faults cost as much as the decompression; Dask's own default makes that worse.
"""
