"""Limits: published and computed exclusion curves, their catalogue, and the plot that overlays them."""
