"""The `liner-async` command: lists and exports, a demo, a doctor and a fake server."""

from liner_async.cli.root import cli

__all__ = ["cli"]
