"""Secrets stay where they are: canaries, and the search that finds them."""
