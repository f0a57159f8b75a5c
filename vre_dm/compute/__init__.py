"""One function over all files of a dataset, or over parameters: here or on a cluster, the same numbers."""
