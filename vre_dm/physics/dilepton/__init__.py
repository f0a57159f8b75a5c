"""Resonances that decay to electron or muon pairs, as mediators between quarks and dark matter."""
