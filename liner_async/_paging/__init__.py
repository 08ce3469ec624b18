"""Many pages, in order: which offsets, how many at once, and do they add up."""
