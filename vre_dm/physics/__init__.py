"""Physics: from a model and an instrument's response to a limit; float arrays inside, units in names."""
