"""Dwarf spheroidal galaxies: limits on annihilation, the J factor of every target profiled."""
