"""Where a figure was measured: processor, Python, libraries, load."""

from __future__ import annotations

import os
import platform
import re
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

__all__ = ["kilobytes", "machine"]

_LIBRARIES: Final = (
    "liner-async",
    "aiohttp",
    "attrs",
    "cattrs",
    "msgspec",
    "orjson",
    "requests",
    "httpx",
    "dlt",
)


def machine() -> str:
    """Return it as one line of text."""
    versions = []
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            versions.append(f"{name} {version(name)}")
    python = f"{platform.python_implementation()} {platform.python_version()}"
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"
    day = datetime.now(UTC).date().isoformat()
    place = f"{_processor()}, {os.cpu_count()} cores, {platform.system()}"
    return f"{day}; {place}, {load} at the start; {python}; {', '.join(versions)}"


def kilobytes(name: str) -> int:
    """Return a figure of this process's memory, such as VmHWM, its peak. For Linux."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    if found is None:
        raise RuntimeError(f"the system does not report {name}")
    return int(found[1])


def _processor() -> str:
    with suppress(OSError):
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
        if found:
            return found[1]
    return platform.processor() or platform.machine()
