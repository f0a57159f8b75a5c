"""What the user sees of a data lake: search, browse, datasets, rules; `transfer` moves the bytes."""
