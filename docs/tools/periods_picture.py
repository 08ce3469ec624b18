"""Draw `docs/_static/periods.svg`: `python docs/tools/periods_picture.py`."""

# ruff: noqa: INP001 - a script, run by its path

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

PICTURE = Path(__file__).parents[1] / "_static" / "periods.svg"

WIDTH, HEIGHT = 804, 476
LEFT, RIGHT = 40, 764
FULL = 5_000  # rows of a window, at most

BLUE = 'fill="#d6e4f7" stroke="#2b568f"'
YELLOW = 'fill="#fde9c4" stroke="#8a5a00"'
RED = 'fill="#f7e3e0" stroke="#8a2f22"'
WHITE = 'fill="#ffffff" stroke="#777777"'

# Half a year in six windows of about 30 days: the rows of each.
MONTHS = ("January", "February", "March", "April", "May", "June")
ROWS = (3_100, 3_600, 12_400, 4_200, 2_900, 3_300)
SLICES = 3

# Seconds around noon; rows by their time, seconds from there.
TIMES = (-2.6, -1.8, -0.7, -0.3, 0.0, 0.6, 1.7, 2.5)
SECOND = 110  # its width

TITLE = "A period in windows"
DESCRIPTION = (
    "Half a year is cut into six windows. The third has 12,400 rows, so it is cut into three "
    "slices. Where two windows meet, at noon, each asks for one second more: the rows of the two "
    "seconds around noon come twice. The first window hands out those before noon, the second "
    "those from noon on."
)


def text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 13) -> str:
    """Return a text."""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}" fill="#222222">'
        f"{words}</text>"
    )


def box(x: float, y: float, width: float, height: float, look: str, *, more: str = "") -> str:
    """Return a rectangle."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="3" {look}'
        f' stroke-width="1.5"{more}/>'
    )


def line(path: str, *, more: str = "") -> str:
    """Return a line."""
    return f'<path d="{path}" stroke="#444444" stroke-width="1.2" fill="none"{more}/>'


def windows() -> Iterator[str]:
    """Draw the windows of half a year as bars, as high as they have rows."""
    yield text(LEFT, 36, "1. The period is cut into windows of at most 31 days")
    edges = [LEFT + (RIGHT - LEFT) * place / len(ROWS) for place in range(len(ROWS) + 1)]
    ground, scale = 186, 130 / max(ROWS)
    limit = ground - FULL * scale
    for (start, end), month, rows in zip(pairwise(edges), MONTHS, ROWS, strict=True):
        look = RED if rows > FULL else BLUE
        yield box(start + 2, ground - rows * scale, end - start - 4, rows * scale, look)
        middle = (start + end) / 2
        yield text(middle, ground - 10, f"{rows:,} rows", anchor="middle", size=12)
        yield text(middle, ground + 17, month, anchor="middle", size=12)
    yield line(f"M{LEFT} {limit:g} H{RIGHT}", more=' stroke-dasharray="4 4"')
    yield line(f"M{LEFT} {ground} H{RIGHT}")
    yield text(RIGHT, limit - 6, "5,000 rows", anchor="end", size=12)
    yield from slices(edges[2], edges[3])


def slices(start: float, end: float) -> Iterator[str]:
    """Draw the window that has too many rows as what it is cut into."""
    width = (end - start) / SLICES
    for number in range(SLICES):
        yield box(start + number * width + 1, 250, width - 2, 28, BLUE)
    yield line(f"M{start + 1:g} 210 V246", more=' stroke-dasharray="2 3"')
    yield line(f"M{end - 1:g} 210 V246", more=' stroke-dasharray="2 3"')
    yield text(end + 14, 240, "2. A window with more than 5,000 rows is cut")
    yield text(end + 28, 258, "into slices, so no offset is deep")


def seam() -> Iterator[str]:
    """Draw the seconds around the place where two windows meet."""
    yield text(LEFT, 322, "3. Each asks for a second more on both sides, and leaves those rows out")
    middle = (LEFT + RIGHT) / 2
    first, second = 338, 380
    yield box(middle - 3 * SECOND, first, 4 * SECOND, 26, BLUE)
    yield box(middle - SECOND, second, 4 * SECOND, 26, BLUE)
    yield text(middle + SECOND + 10, first + 17, "one window", size=12)
    yield text(middle - SECOND - 10, second + 17, "the next", anchor="end", size=12)
    yield line(f"M{middle:g} 330 V412")
    for time in TIMES:
        x = middle + time * SECOND
        if time <= 1:
            yield dot(x, first + 13, is_kept=time < 0)
        if time >= -1:
            yield dot(x, second + 13, is_kept=time >= 0)
    for after, clock in ((-1, "11:59:59"), (0, "12:00:00"), (1, "12:00:01")):
        yield text(middle + after * SECOND, 427, clock, anchor="middle", size=12)
    yield dot(LEFT + 6, 450, is_kept=True)
    yield text(LEFT + 18, 454, "handed out", size=12)
    yield dot(LEFT + 106, 450, is_kept=False)
    yield text(LEFT + 118, 454, "left out: the other window hands it out", size=12)


def dot(x: float, y: float, *, is_kept: bool) -> str:
    """Return a row."""
    look = YELLOW if is_kept else WHITE
    return f'<circle cx="{x:g}" cy="{y:g}" r="5" {look} stroke-width="1.5"/>'


def picture() -> str:
    """Return the picture."""
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}" font-family="sans-serif" role="img" aria-labelledby="t d">'
    )
    names = (f'<title id="t">{TITLE}</title>', f'<desc id="d">{DESCRIPTION}</desc>')
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#ffffff"/>'
    return "\n".join((opening, *names, ground, *windows(), *seam(), "</svg>", ""))


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
