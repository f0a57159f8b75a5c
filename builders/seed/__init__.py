"""Builds the seed data of the embedded lake: reads raw inputs once, writes the project's own formats."""
