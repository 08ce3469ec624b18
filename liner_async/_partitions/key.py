"""The key of a source, looked up by name in the process that reads."""

from __future__ import annotations

import os
import re
from pathlib import Path

from liner_async.errors import ConfigError

__all__ = ["check_variable", "find_key"]


def check_variable(name: str) -> None:
    """Raise ConfigError for what is not the name of a variable; it may be the key itself."""
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", name):
        raise ConfigError(
            "key_variable must be the name of a variable: capital letters, digits and _"
        )


def find_key(variable: str, file: str | None) -> str:
    """Return the key in a file or, if `file` is None, in an environment variable.

    Raises:
        ConfigError: it is missing or empty, or the file cannot be read.
    """
    if file is None:
        key = os.environ.get(variable)
        if not key:
            raise ConfigError(f"no key: the variable {variable} is missing or empty")
        return key
    try:
        key = Path(file).read_text("utf-8").strip()
    except (OSError, ValueError):  # ValueError: its text would quote what is no UTF-8
        raise ConfigError(f"no key: the file {file!r} cannot be read") from None
    if not key:
        raise ConfigError(f"no key: the file {file!r} is empty")
    return key
