"""Run the examples for pipelines as people do: in a process of their own, in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.reading import KEY

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "pipelines"
_MINUTES = 5


def run(
    *arguments: str | Path, folder: Path, **variables: str | None
) -> subprocess.CompletedProcess[str]:
    """Run `python ARGUMENTS` in a folder; a variable that is None is not set."""
    env: dict[str, str | None] = {
        **os.environ,
        "LINER_HOST": None,
        "LINER_API_KEY": KEY,
        "PYTHONPATH": str(EXAMPLES),
        "PYTHONUTF8": "1",
        **variables,
    }
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env={name: value for name, value in env.items() if value is not None},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60 * _MINUTES,
    )


def files_with_the_key(folder: Path) -> list[str]:
    """Return the names of all files below a folder in which the key can be read."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path.name for path in files if KEY.encode() in path.read_bytes()]
