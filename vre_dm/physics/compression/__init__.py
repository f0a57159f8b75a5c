"""Compression of events at set error bounds, and its cost: size, largest error, shift of a fitted mass."""
