"""Writes what was measured: Markdown that `docs/performance.md` includes, and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from speed.chapter import Chapter
from speed.goals import GOALS, goals_table
from speed.plots import save
from speed.rounds import Ratio

__all__ = ["chapter_text", "goals_text", "write_chapter", "write_goals"]


def chapter_text(chapter: Chapter, *, command: str, machine: str) -> str:
    """Give a chapter's tables, and how to get them again."""
    parts = [str(table) for table in chapter.tables]
    if chapter.absent:
        parts.append(f"Not measured here: {'; '.join(chapter.absent)}.\n")
    parts.append(f"`{command}`; {machine}.\n")
    return "\n".join(parts)


def goals_text(measured: Mapping[str, Ratio], *, judged: bool, every: bool) -> str:
    """Give the table of the goals, every one or those that were measured."""
    keys = [key for key in GOALS if every or key in measured]
    return str(goals_table(measured, keys=keys, judged=judged))


def write_chapter(directory: Path, name: str, text: str, chapter: Chapter) -> None:
    """Write a chapter's text and pictures."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{name}.md").write_text(text, encoding="utf-8")
    for plot in chapter.plots:
        save(plot, directory)


def write_goals(directory: Path, text: str, *, command: str, machine: str) -> None:
    """Write the table of all goals."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "goals.md").write_text(f"{text}\n`{command}`; {machine}.\n", encoding="utf-8")
