"""The far end of a worker: `python -m speed.worker MODULE:FUNCTION [HIDDEN MODULE...]`.

Reads one job a line from standard input, calls the function with it, and writes what it gives.
Modules named after the function cannot be imported: without `msgspec` the SDK is what its core
dependencies make it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys

__all__ = ["main"]


def main() -> None:
    """Serve jobs until standard input ends."""
    target, *hidden = sys.argv[1:]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # how an import is made to fail
    # What a library prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    module, _, name = target.partition(":")
    function = getattr(importlib.import_module(module), name)
    for line in sys.stdin:
        answers.write(json.dumps(function(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
