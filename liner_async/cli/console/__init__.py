"""The terminal: settings, help texts, output, progress, signals and exit codes."""
