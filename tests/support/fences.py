"""Find the code fences of the documentation, and run them.

A fence may follow a marker comment, `<!-- test: ... -->`:

- `fresh`: it starts a new namespace, which the fences after it share;
- `own loop`: it calls `asyncio.run`, so it runs in a thread;
- `pytest`: it is a test module, and runs under pytest in its own process;
- `needs NAME`: it runs if the module NAME is installed, and is only compiled otherwise;
- `output`: it is a `text` fence that shows exactly what the Python fence before it printed.
"""

from __future__ import annotations

import ast
import asyncio
import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from attrs import frozen

HERE = Path(__file__).resolve()
PROJECT = HERE.parents[2]

# Plugins that no example uses, and that take longer to import than an example to run.
_QUICK = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:xdist")

_FENCE = re.compile(
    r"^(?:<!-- test: (?P<marker>[^\n]*?) -->\n\n?)?"
    r"^```(?P<language>[a-z]+)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@frozen
class Fence:
    """One block of code in a document; `line` is where its code starts, from 1."""

    path: Path
    line: int
    language: str
    code: str
    marker: str = ""

    def __str__(self) -> str:
        """Return the document and the line."""
        return f"{self.path.relative_to(PROJECT)}:{self.line}"


def documents() -> list[Path]:
    """Return every document whose Python fences must run."""
    return [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]


def fences(path: Path) -> list[Fence]:
    """Return the fences of a document, in order."""
    text = path.read_text(encoding="utf-8")
    return [
        Fence(
            path,
            text.count("\n", 0, found.start("code")) + 1,
            found["language"],
            found["code"],
            found["marker"] or "",
        )
        for found in _FENCE.finditer(text)
    ]


def compiled(fence: Fence) -> Any:
    """Compile a fence, `await` at its top level included; errors name the document's lines."""
    padded = "\n" * (fence.line - 1) + fence.code
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return compile(padded, str(fence.path), "exec", flags=flags, dont_inherit=True)


def can_run(fence: Fence) -> bool:
    """Return whether the module that a fence needs is installed."""
    kind, _, name = fence.marker.partition(" ")
    return kind != "needs" or importlib.util.find_spec(name) is not None


async def run(fence: Fence, namespace: dict[str, Any], scratch: Path) -> None:
    """Run a Python fence as its marker says; `run_tests` runs those for pytest."""
    code = compiled(fence)
    if not can_run(fence):
        return
    if fence.marker == "own loop":
        await asyncio.to_thread(eval, code, namespace)
    else:
        unfinished = eval(code, namespace)
        if inspect.iscoroutine(unfinished):
            await unfinished


def run_tests(modules: list[Fence], scratch: Path) -> None:
    """Run fences that are test modules, in one process: most of its time is its start."""
    for fence in modules:
        (scratch / f"test_line_{fence.line}.py").write_text(fence.code, encoding="utf-8")
    (scratch / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
        "filterwarnings = error\n"
    )
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *_QUICK, str(scratch)],
        cwd=scratch,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, f"{modules[0].path}\n{ended.stdout}{ended.stderr}"
