"""Sliders of the halo below a cell: each step is computed in the kernel, and the overlay follows."""

from vre_dm.notebook.halo_sliders.widget import HaloSliders

__all__ = ["HaloSliders"]
