"""Limits: published and computed exclusion curves, their catalogue and the plot that lays them over each other."""
