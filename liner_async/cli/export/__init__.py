"""What an export writes, where to, and how it survives a crash."""
