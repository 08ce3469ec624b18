"""Start and stop the page server, and build its URLs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen

from speed.catalogue import TIDY, Data

__all__ = ["KEY", "PageServer", "page_server"]

KEY: Final = "benchmark-key"
_BENCHMARKS: Final = Path(__file__).resolve().parents[1]
_GRACE: Final = 5.0


@frozen
class PageServer:
    """A running page server; the URL says how long the list is and how late its answers are."""

    port: int
    data: Data

    def flat(self, total: int, *, latency: float) -> str:
        """Return the host of a list that answers after `latency` seconds."""
        return f"http://127.0.0.1:{self.port}/{total}/flat-{latency * 1e3:g}"

    def workers(self, total: int, *, latency: float, workers: int) -> str:
        """Return the host of a list whose requests queue for workers that take `latency` each."""
        return f"http://127.0.0.1:{self.port}/{total}/workers-{latency * 1e3:g}-{workers}"

    def jitter(self, total: int, *, seed: int) -> str:
        """Return the host of a list with lognormal latencies, drawn from seed and offset."""
        return f"http://127.0.0.1:{self.port}/{total}/jitter-{seed}"


@contextmanager
def page_server(data: Data = TIDY, *, rendered: int) -> Iterator[PageServer]:
    """Run a page server that has rendered so many orders of the data before it listens."""
    path = [str(_BENCHMARKS), *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "speed.page_server", data.name, str(rendered)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
    )
    with process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError("the page server did not start")
            yield PageServer(int(line), data)
        finally:
            try:
                process.communicate(timeout=_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
