"""The container images of the project: built from the same profiles as the kernels, then really run."""
