"""Neutrino telescopes: instrument responses, visibility, event rates, sensitivity to dark matter."""
