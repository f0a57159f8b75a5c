"""Physics: from a model and an instrument's response to a limit curve; float arrays inside, units in names."""
