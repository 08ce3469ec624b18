"""Decoding: the bytes of a page to 100 typed orders."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from attrs import evolve

from speed import plots
from speed.catalogue import PAGE, digest_of_fields
from speed.chapter import Chapter, Plot, Scale, Table
from speed.rounds import Samples, interleaved
from speed.workers import Pool, Way, available, missing, pool

__all__ = ["decoding"]

_CORE: Final = "liner_async"
_SPEED: Final = "liner_async[speed]"
_ORJSON: Final = "orjson to dicts"
_CATTRS: Final = "json + plain cattrs"
_GOALS: Final = {
    "core/cattrs": (_CATTRS, _CORE),
    "speed/cattrs": (_CATTRS, _SPEED),
    "speed/pydantic": ("pydantic 2", _SPEED),
    "speed/mashumaro": ("mashumaro", _SPEED),
    "speed/orjson": (_SPEED, _ORJSON),
}
_CLOSED: Final = "closed enumerations, no PHP `[]` for a map, unknown fields dropped"
_LOOSE: Final = f"`null` becomes `'None'` and 12.9 becomes 12; {_CLOSED}"


def _way(name: str, decoder: str, *, holds: str = "orders", **more: Any) -> Way:
    return Way(
        name=name,
        target="speed.decoders.measuring:measure",
        worker=decoder,
        settings={"decoder": decoder, "holds": holds},
        **more,
    )


_WAYS: Final = (
    _way(_CORE, "liner", hidden=("msgspec",)),
    _way(_SPEED, "liner", needs=("msgspec",)),
    _way(f"{_CORE}, envelope judged", "liner_judged", hidden=("msgspec",)),
    _way(f"{_SPEED}, envelope judged", "liner_judged", needs=("msgspec",)),
    _way(_CATTRS, "cattrs_plain", less=_LOOSE),
    _way("cattrs for orjson", "cattrs_orjson", needs=("orjson",), less=_LOOSE),
    _way("cattrs for msgspec", "cattrs_msgspec", needs=("msgspec",), less=_LOOSE),
    _way(
        "pydantic 2",
        "pydantic_model",
        needs=("pydantic",),
        less=f"`'5'` becomes 5; {_CLOSED}",
    ),
    _way(
        "pydantic 2, hours as text",
        "pydantic_text",
        holds="hours as text",
        needs=("pydantic",),
        less="the same; the schedule stays text",
    ),
    _way(
        "mashumaro",
        "mashumaro_model",
        needs=("mashumaro", "orjson"),
        less=_LOOSE,
    ),
    _way(
        "msgspec.Struct",
        "msgspec_struct",
        holds="hours as text",
        needs=("msgspec",),
        less=f"the schedule stays text; {_CLOSED}",
    ),
    _way(_ORJSON, "dicts_orjson", holds="dicts", needs=("orjson",), less="no types at all"),
    _way("msgspec to dicts", "dicts_msgspec", holds="dicts", needs=("msgspec",), less="the same"),
    _way("json to dicts", "dicts_json", holds="dicts", less="the same"),
)


def decoding(scale: Scale) -> Chapter:
    """Time every decoder on the same pages; each must have made the same values of them."""
    ways = available(_WAYS)
    job = {"pages": scale.pick(25, 3)}
    with pool() as workers:
        _verify(workers, ways, job)
        samples = interleaved(
            workers,
            ways,
            lambda _: job,
            rounds=scale.pick(25, 2),
            take=lambda _, answer: answer["seconds"] * 1e6,
        )
    measured = {key: samples.ratio(*pair) for key, pair in _GOALS.items()}
    return Chapter(
        tables=(_table(ways, samples),),
        measured={key: ratio for key, ratio in measured.items() if ratio is not None},
        plots=(_plot(ways, samples),),
        absent=missing(_WAYS),
    )


def _verify(workers: Pool, ways: tuple[Way, ...], job: dict[str, Any]) -> None:
    """Check that all decoders read the same; where the hours are text, against ours as text."""
    ours = next(way for way in ways if way.name == _CORE)
    for way in ways:
        holds = way.settings["holds"]
        found = workers.call(way, {**job, "verify": True})["sum"]
        if holds == "dicts":
            expected = digest_of_fields(job["pages"] * PAGE)
        else:
            same = evolve(ours, settings={**ours.settings, "holds": holds})
            expected = workers.call(same, {**job, "verify": True})["sum"]
        if found != expected:
            raise RuntimeError(f"{way.name} does not read what the SDK reads")


def _table(ways: tuple[Way, ...], samples: Samples) -> Table:
    rows = tuple(
        (
            way.code,
            f"{samples.median(way.name):.2f}",
            samples.times(way.name, _ORJSON),
            samples.times(way.name, _CORE),
            samples.times(way.name, _SPEED),
            way.less,
        )
        for way in ways
    )
    head = ("Way", "µs per order", "x orjson to dicts", "x core", "x `speed`", "Less than the SDK")
    note = (
        "Time is for the whole body of a page, divided by its orders; the median of the rounds. "
        "Ratios are taken round by round: median (lowest to highest). All models are frozen, have "
        "the same fields and types, and were found to hold the same values. A run judges the "
        "envelope first, as soon as a page arrives, so that a cut one can be asked for again; "
        "the others look at it only once, and the goals compare that."
    )
    return Table(head=head, rows=rows, note=note)


def _plot(ways: tuple[Way, ...], samples: Samples) -> Plot:
    values = {way.name: samples.median(way.name) for way in ways}
    title = "Bytes to typed orders"
    return Plot(name="decoding", draw=partial(plots.bars, values=values, title=title, unit="µs"))
