"""Pictures of the figures, by matplotlib, which only the `bench` session has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from speed.chapter import Plot

__all__ = ["bars", "lines", "save"]

_OURS, _THEIRS = "#1f6f8b", "#b8bfc6"
_MARKERS = "osD^vPX<>*"


def save(plot: Plot, directory: Path) -> Path | None:
    """Draw a plot into an SVG file that is the same for the same figures; None without matplotlib.

    The text stays text, so that it can be searched.
    """
    if find_spec("matplotlib") is None:
        return None
    import matplotlib as mpl  # noqa: PLC0415 - an optional part of the session
    from matplotlib.figure import Figure  # noqa: PLC0415 - the same

    settings = {"svg.hashsalt": "liner-async", "svg.fonttype": "none", "font.size": 9}
    path = directory / f"{plot.name}.svg"
    with mpl.rc_context(settings):
        figure = Figure(figsize=(7.5, 4), layout="constrained")
        axes = figure.subplots()
        axes.spines[["top", "right"]].set_visible(False)
        plot.draw(axes)
        figure.savefig(path, metadata={"Date": None, "Creator": None})
    path.write_text("\n".join(map(str.rstrip, path.read_text().splitlines())) + "\n")
    return path


def bars(axes: Any, values: Mapping[str, float], *, title: str, unit: str) -> None:
    """Draw a horizontal bar for each way, the SDK's in colour, the first on top."""
    names = list(values)
    colours = [_OURS if name.startswith("liner_async") else _THEIRS for name in names]
    drawn = axes.barh(names, list(values.values()), color=colours)
    axes.bar_label(drawn, fmt="%.3g", padding=3)
    axes.invert_yaxis()
    axes.set_title(title)
    axes.set_xlabel(unit)


def lines(
    axes: Any,
    series: Mapping[str, Sequence[tuple[float, float]]],
    *,
    title: str,
    across: str,
    up: str,
) -> None:
    """Draw a line through the points of each series, both axes logarithmic."""
    for marker, (name, points) in zip(_MARKERS * 3, series.items(), strict=False):
        is_ours = name.startswith("liner_async")
        axes.plot(
            *zip(*points, strict=True),
            marker=marker,
            markersize=4,
            label=name,
            linewidth=2 if is_ours else 1,
            linestyle="-" if is_ours else "--",
        )
    axes.set(title=title, xlabel=across, ylabel=up, xscale="log", yscale="log")
    axes.minorticks_off()
    measured = sorted({x for points in series.values() for x, _ in points})
    axes.set_xticks(measured, [f"{x:,g}" for x in measured])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.legend(fontsize=7)
