"""Kernels for experiments: environments that are locked together, and what each of them promises."""
