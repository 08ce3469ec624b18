"""The `liner-async` command: orders on the command line, a demo, and a fake server."""

from liner_async.cli.root import cli

__all__ = ["cli"]
