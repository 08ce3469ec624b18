"""Draw `docs/_static/history.svg` of the table that `benchmarks/bench.py history` wrote.

`python docs/tools/history_picture.py`.
"""

# ruff: noqa: INP001 - a script, run by its path

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).parents[1]
TABLE = DOCS / "performance" / "history.md"
PICTURE = DOCS / "_static" / "history.svg"

WIDTH, HEIGHT = 804, 366
LEFT, RIGHT, TOP, BOTTOM = 84, 680, 56, 312
LEAST, MOST = 0.01, 10_000  # seconds

BLUE, RED, GREY = "#2b568f", "#8a2f22", "#dddddd"
WAYS = {"in windows": BLUE, "as one list": RED}
ROW = re.compile(
    r"^\| (?P<leads>[\d,]+) \| (?P<way>in windows|as one list) \| [\d,]+ \| [\d,]+ "
    r"\| (?P<work>[\d.,]+) s \|",
    re.MULTILINE,
)

TITLE = "What a year of leads costs the server"


def works() -> dict[str, dict[int, float]]:
    """Return the server's seconds, by how the list was read, and by its length."""
    found: dict[str, dict[int, float]] = {way: {} for way in WAYS}
    for row in ROW.finditer(TABLE.read_text(encoding="utf-8")):
        leads, work = (row[name].replace(",", "") for name in ("leads", "work"))
        found[row["way"]][int(leads)] = float(work)
    return found


def description(found: dict[str, dict[int, float]]) -> str:
    """Say in words what the picture shows."""
    points = (
        f"{way}: " + ", ".join(f"{work:,g} s for {leads:,} leads" for leads, work in line.items())
        for way, line in found.items()
    )
    return (
        "Seconds of the server's work against the leads of a year, both axes logarithmic. "
        f"{'. '.join(points)}. In windows the work grows with the length, as one list with its "
        "square."
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", color: str = "#222222") -> str:
    """Return a text."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{color}">{words}</text>'


def axes(lengths: list[int]) -> Iterator[str]:
    """Draw a line for each power of ten of seconds, and name the lengths."""
    for power in range(round(math.log10(LEAST)), round(math.log10(MOST)) + 1, 2):
        y = height(10.0**power)
        yield f'<path d="M{LEFT} {y:.1f} H{RIGHT}" stroke="{GREY}" stroke-width="1"/>'
        yield text(LEFT - 8, y + 4, f"{10.0**power:,g} s", anchor="end")
    for leads in lengths:
        yield text(place(leads, lengths), BOTTOM + 22, f"{leads:,}", anchor="middle")
    yield text((LEFT + RIGHT) / 2, BOTTOM + 42, "leads in a year", anchor="middle")
    yield text(LEFT, TOP - 22, "seconds that the server works")


def height(seconds: float) -> float:
    """Return where a number of seconds stands."""
    share = math.log10(seconds / LEAST) / math.log10(MOST / LEAST)
    return BOTTOM - share * (BOTTOM - TOP)


def place(leads: int, lengths: list[int]) -> float:
    """Return where a length stands."""
    share = math.log10(leads / lengths[0]) / math.log10(lengths[-1] / lengths[0])
    return LEFT + 30 + share * (RIGHT - LEFT - 60)


def lines(found: dict[str, dict[int, float]], lengths: list[int]) -> Iterator[str]:
    """Draw a line through the points of each way, and name it at its end."""
    for way, color in WAYS.items():
        points = [(place(leads, lengths), height(work)) for leads, work in found[way].items()]
        path = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        yield f'<path d="M{path}" stroke="{color}" stroke-width="2.5" fill="none"/>'
        for x, y in points:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{color}"/>'
        x, y = points[-1]
        yield text(x + 14, y - 4, way, color=color)
        yield text(x + 14, y + 13, f"{found[way][lengths[-1]]:,g} s", color=color)


def picture() -> str:
    """Return the picture."""
    found = works()
    lengths = sorted(found["in windows"])
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}" font-family="sans-serif" font-size="13" role="img"'
        ' aria-labelledby="t d">'
    )
    names = f'<title id="t">{TITLE}</title>', f'<desc id="d">{description(found)}</desc>'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#ffffff"/>'
    drawn = (*axes(lengths), *lines(found, lengths))
    return "\n".join((opening, *names, ground, *drawn, "</svg>", ""))


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
