"""What the SDK promises under load and under faults, measured: one function for each line."""
