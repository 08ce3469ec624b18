"""Run `docs/yesterday.ipynb` and store what its cells show: `python docs/tools/run_notebook.py`.

It needs nbclient, pandas and matplotlib. The documentation is built from the stored outputs, so the
build needs none of them; `tests/integration/test_yesterday.py` compares the outputs with new ones.
"""

# ruff: noqa: INP001 - a script, run by its path

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[1] / "yesterday.ipynb"

if __name__ == "__main__":
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=120, record_timing=False).execute()
    notebook.metadata["language_info"] = {"name": "python"}  # whatever its version
    nbformat.write(notebook, NOTEBOOK)
