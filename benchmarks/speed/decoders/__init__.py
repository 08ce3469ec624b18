"""Ways from the bytes of a page to its orders; each module has `decode(body)` and `FIELDS`."""
