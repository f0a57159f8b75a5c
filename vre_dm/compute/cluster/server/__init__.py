"""A real Dask Gateway server on this machine, started and stopped as the embedded lake is."""
