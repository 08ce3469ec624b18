"""Rows as people and engines see them: notebook tables and Arrow columns (pure)."""
