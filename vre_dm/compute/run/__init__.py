"""A map as a process of its own: it outlives who began it, keeps chunks that are done, and can go on."""
