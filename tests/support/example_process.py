"""Run an example of `examples/` as people do: in a process of its own, its log in a file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from attrs import define

from tests.support.waiting import eventually

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TROUBLE = re.compile(
    r"^.*(ERROR|CRITICAL|Traceback|(?<!Deprecation)Warning|Unclosed).*$", re.MULTILINE
)
_PATIENCE = 30.0  # seconds until an example that does not end fails its test


@define
class Example:
    """A running example."""

    process: subprocess.Popen[bytes]
    path: Path

    @property
    def log(self) -> str:
        """Return what it has said so far, on stdout and stderr."""
        return self.path.read_text(encoding="utf-8")

    def says(self, pattern: str) -> re.Match[str]:
        """Wait until the log has a match, and return it."""

        def found() -> re.Match[str] | None:
            assert self.process.poll() is None, self.log
            return re.search(pattern, self.log)

        return eventually(found, f"{pattern!r} in the log")

    def ended(self) -> int:
        """Wait for the end, and return the exit code."""
        return self.process.wait(_PATIENCE)

    def trouble(self) -> list[str]:
        """Return the lines of the log that nobody wants to see."""
        return [found[0] for found in TROUBLE.finditer(self.log)]


@contextmanager
def running(
    *arguments: str, folder: Path, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[Example]:
    """Run `python ARGUMENTS` in a folder of `examples`, and kill it at the end of the block."""
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
