"""Every Python fence of the README and the docs runs against a fake server."""

from __future__ import annotations

import asyncio

import pytest

from liner_async.testing import FakeLiner
from tests.support.fences import (
    PROJECT,
    Fence,
    can_run,
    compiled,
    documents,
    fences,
    run,
    run_tests,
)

pytestmark = [pytest.mark.unmeasured, pytest.mark.usefixtures("unmeasured_programs")]


@pytest.fixture
def configured(monkeypatch, tmp_path):
    """Serve 250 orders, found through the two variables; return an empty working directory."""
    with FakeLiner(total=250) as server:
        monkeypatch.setenv("LINER_HOST", server.url)
        monkeypatch.setenv("LINER_API_KEY", server.api_key)
        monkeypatch.chdir(tmp_path)
        yield tmp_path


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
async def test_every_python_fence_runs_and_prints_what_the_text_shows(document, configured, capsys):
    """The fences of one document run in order, in one namespace unless a marker says otherwise.

    Those for pytest come last, all together.
    """
    modules = []
    namespace = {"__name__": "example"}
    printed: str | None = ""
    for fence in fences(document):
        if fence.marker == "output" and printed is not None:
            assert printed == fence.code, str(fence)
        if fence.language != "python":
            continue
        if fence.marker == "pytest":
            modules.append(fence)
            continue
        if fence.marker == "fresh":
            namespace = {"__name__": "example"}
        await run(fence, namespace, configured)
        printed = capsys.readouterr().out if can_run(fence) else None
    if modules:
        await asyncio.to_thread(run_tests, modules, configured)


def test_the_readme_holds_examples():
    """The search finds every fence: a README without any would prove nothing."""
    found = fences(PROJECT / "README.md")
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert len([fence for fence in found if fence.language == "python"]) == text.count("```python")
    assert text.count("```python") >= 4
    assert {fence.marker for fence in found} >= {"own loop", "output", "needs fastapi"}


def test_the_markers_are_known():
    """A misspelt marker would run a fence in the wrong way."""
    known = {"", "fresh", "own loop", "pytest", "output", "needs aiolimiter", "needs fastapi"}
    known |= {"needs opentelemetry", "needs prometheus_client"}
    known |= {"needs dask", "needs distributed"}
    known |= {"needs duckdb", "needs pandas", "needs polars", "needs pyarrow"}
    for document in documents():
        for fence in fences(document):
            assert fence.marker in known, str(fence)
        text = document.read_text(encoding="utf-8")
        markers = [fence for fence in fences(document) if fence.marker]
        assert text.count("<!-- test:") == len(markers), document.name


async def test_a_fence_that_needs_a_missing_module_is_compiled_but_not_run(tmp_path):
    """FastAPI is not a dependency of the tests; without it, its example must still parse."""
    readme, marker = PROJECT / "README.md", "needs no_such_module"
    await run(Fence(readme, 7, "python", "raise RuntimeError\n", marker), {}, tmp_path)
    with pytest.raises(SyntaxError):
        await run(Fence(readme, 7, "python", "def\n", marker), {}, tmp_path)


def test_errors_in_a_fence_name_the_line_of_the_document():
    """The traceback of a failing example points into the document."""
    fence = Fence(PROJECT / "README.md", 7, "python", "1 / 0\n")
    with pytest.raises(ZeroDivisionError) as caught:
        eval(compiled(fence), {})
    assert caught.traceback[-1].lineno + 1 == 7
