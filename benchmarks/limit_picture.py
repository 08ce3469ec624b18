"""Draw a run that finds the server's knee: `python benchmarks/limit_picture.py`.

Simulates a list of 2,600 pages on a server with 24 workers, and writes the limit over time to
`docs/_static/limit.svg`. No clock of the machine is read, so the picture is the same everywhere.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Final

from simulated.reader import ListModel, Result, read
from simulated.server import ServerModel

from liner_async._transport.limits import AutoLimit

_TARGET: Final = Path(__file__).resolve().parents[1] / "docs" / "_static" / "limit.svg"
_WORKERS: Final = 24
_SERVER: Final = ServerModel(latency=0.03, work=0.17, sigma=0.2, workers=_WORKERS)
_LIST: Final = ListModel(pages=2_600)
_MOST: Final = 64
_SHOWN: Final = 18.0  # seconds
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 760.0, 40.0, 236.0
_HIGHEST: Final = 64

_PICTURE: Final = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 804 290" width="804" height="290" \
font-family="sans-serif" font-size="13" role="img" aria-labelledby="t d">
<title id="t">A run that finds the knee</title>
<desc id="d">{description}</desc>
<rect width="804" height="290" rx="8" fill="#ffffff"/>
{grid}
<path d="{workers}" fill="none" stroke="#8a5a00" stroke-width="1.5" stroke-dasharray="6 4"/>
<path d="{limit}" fill="none" stroke="#2b568f" stroke-width="2"/>
<text x="{left}" y="26" fill="#2b568f">requests that may be in flight</text>
<text x="{right}" y="26" text-anchor="end" fill="#8a5a00">the server's workers</text>
<text x="{right}" y="276" text-anchor="end" fill="#222222">seconds</text>
</svg>
"""


def main() -> int:
    """Simulate and draw."""
    run = read(_SERVER, _LIST, partial(AutoLimit, most=_MOST), seed=3)
    _TARGET.write_text(_draw(run), encoding="utf-8")
    sys.stdout.write(f"{_TARGET}: {run.seconds:.1f} s, {run.in_flight:.1f} in flight on average\n")
    return 0


def _draw(run: Result) -> str:
    shown = [(time, limit) for time, limit in run.limits if time <= _SHOWN]
    peak = max(limit for _, limit in shown)
    return _PICTURE.format(
        description=f"The limit starts at 8, doubles up to {peak}, comes back, and stays a little "
        f"above the server's {_WORKERS} workers, now and then trying more and fewer.",
        grid="\n".join((*map(_across, (8, 16, 24, 32, 48, 64)), *map(_along, range(0, 19, 3)))),
        workers=_steps([(0.0, _WORKERS)]),
        limit=_steps(shown),
        left=f"{_LEFT:g}",
        right=f"{_RIGHT:g}",
    )


def _steps(points: list[tuple[float, int]]) -> str:
    """Return the path of a value that stays until it changes."""
    first, *others = points
    path = [f"M{_x(first[0]):.1f} {_y(first[1]):.1f}"]
    path += [f"H{_x(time):.1f} V{_y(value):.1f}" for time, value in others]
    return " ".join([*path, f"H{_x(_SHOWN):.1f}"])


def _x(seconds: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * seconds / _SHOWN


def _y(requests: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * requests / _HIGHEST


def _across(requests: int) -> str:
    y = _y(requests)
    return (
        f'<path d="M{_LEFT:g} {y:.1f} H{_RIGHT:g}" stroke="#dddddd"/>'
        f'<text x="{_LEFT - 8:g}" y="{y + 4:.1f}" text-anchor="end" '
        f'fill="#222222">{requests}</text>'
    )


def _along(seconds: int) -> str:
    x = _x(seconds)
    return (
        f'<path d="M{x:.1f} {_BOTTOM:g} v5" stroke="#777777"/>'
        f'<text x="{x:.1f}" y="{_BOTTOM + 20:g}" text-anchor="middle" '
        f'fill="#222222">{seconds}</text>'
    )


if __name__ == "__main__":
    sys.exit(main())
