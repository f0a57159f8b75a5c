"""What a user meets in a notebook: magics, completion, progress and rich displays, on top of everything."""
