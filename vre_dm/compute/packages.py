"""The packages whose versions matter to a map: to its numbers, and to what travels to a cluster."""

NUMBERS = (
    *("vre-dm", "numpy", "awkward", "uproot", "hist", "boost-histogram", "pandas", "pyarrow", "xarray"),
    "numba",
)
"""Another version may change a number."""
TOGETHER = (*NUMBERS, "cloudpickle", "dask", "distributed")
"""What a cluster has as the run has it: functions travel pickled, and the bits are to be the same."""
