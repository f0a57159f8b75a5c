"""Words that a map takes: as what its function has the events, and what becomes of chunks that fail."""

from typing import Literal, get_args

Kind = Literal["awkward", "numpy", "xarray", "pandas", "arrow", "path"]
"""As what a function takes a chunk."""
OnError = Literal["raise", "skip", "retry"]
"""What becomes of a chunk that fails."""
GIVEN_AS: tuple[Kind, ...] = get_args(Kind)
ON_ERROR: tuple[OnError, ...] = get_args(OnError)
