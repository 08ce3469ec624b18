"""An example of `examples/`, run as people run it: in a process of its own, its log in a file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import define

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TROUBLE = re.compile(
    r"^.*(ERROR|CRITICAL|Traceback|(?<!Deprecation)Warning|Unclosed).*$", re.MULTILINE
)
_PATIENCE = 30.0  # seconds until a test that waits in vain fails


def eventually(condition: Callable[[], Any], what: str) -> Any:
    """Look until something in another thread or process is so, and give it."""
    give_up = time.monotonic() + _PATIENCE
    while not (found := condition()):
        assert time.monotonic() < give_up, f"in vain: {what}"
        time.sleep(0.005)
    return found


@define
class Example:
    """A running example."""

    process: subprocess.Popen[bytes]
    path: Path

    @property
    def log(self) -> str:
        """What it has said so far, on stdout and stderr."""
        return self.path.read_text(encoding="utf-8")

    def says(self, pattern: str) -> re.Match[str]:
        """Wait for something in the log."""

        def found() -> re.Match[str] | None:
            assert self.process.poll() is None, self.log
            return re.search(pattern, self.log)

        return eventually(found, f"{pattern!r} in the log")

    def ended(self) -> int:
        """Wait for the end, and give the exit code."""
        return self.process.wait(_PATIENCE)

    def trouble(self) -> list[str]:
        """Give the lines of the log that nobody wants to see."""
        return [found[0] for found in TROUBLE.finditer(self.log)]


@contextmanager
def running(
    *arguments: str, folder: Path, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[Example]:
    """Run `python ARGUMENTS` in a folder of `examples`; it is killed if it outlives the block."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-X", "dev", *arguments],
            cwd=EXAMPLES / folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    with process:
        try:
            yield Example(process, log)
        finally:
            process.kill()
