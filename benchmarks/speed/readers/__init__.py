"""Ways to read the whole list; each module has `read(job)`, to be called in a worker."""
