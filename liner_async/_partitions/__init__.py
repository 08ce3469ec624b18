"""A list in parts that any engine can read, in any process."""
