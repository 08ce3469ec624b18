"""Decoding: the bytes of a page to 100 typed orders, from tidy data and from other data."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Final

import attrs

from liner_async import Order
from speed.catalogue import PAGE, TIDY, Data
from speed.chapter import Chapter, Scale, Table, by_goal
from speed.kinds import KINDS
from speed.ours import check, fresh_decoder, fresh_item_decoder
from speed.peers import Decode, orjson_dicts, plain_cattrs
from speed.rounds import Ratio, Samples
from speed.turns import in_turns, over
from speed.untidy import CASES, DATA, UNTIDY

__all__ = ["decoding"]

_OURS: Final = "liner_async"
_CHECKED: Final = "liner_async, envelope checked"
_CATTRS: Final = "json + plain cattrs"
_ORJSON: Final = "orjson to dicts"
_LESS: Final = {
    _CATTRS: "`null` becomes `'None'` and 12.9 becomes 12; closed enumerations, no PHP `[]` for a "
    "map, unknown fields dropped",
    _ORJSON: "no types at all",
}


def decoding(scale: Scale) -> Chapter:
    """Time every decoder on the same pages, then ours on pages that are less and less tidy."""
    pages, rounds = scale.pick((25, 25), (2, 2))
    bodies = {case: case.bodies(pages) for case in CASES}
    peers = {data: _peers(data, bodies[data], rounds) for data in DATA.values()}
    kinds = {data: _kinds(data, pages, rounds) for data in DATA.values()}
    cases = in_turns(
        {case.name: over(fresh_decoder(), each) for case, each in bodies.items()}, rounds=rounds
    )
    kept = [cases.ratio(TIDY.name, case.name) for case in CASES if case is not TIDY]
    found: dict[Data, dict[str, Ratio | None]] = {
        data: {
            "decoding/cattrs": peers[data].ratio(_CATTRS, _OURS),
            "decoding/orjson": peers[data].ratio(_OURS, _ORJSON),
            "decoding/leads": kinds[data]["leads"].ratio(_OURS, _ORJSON),
            "decoding/calls": kinds[data]["calls"].ratio(_OURS, _ORJSON),
        }
        for data in DATA.values()
    }
    found[UNTIDY]["decoding/untidy"] = min(filter(None, kept), key=lambda ratio: ratio.median)
    return Chapter(
        tables=(
            _peers_table(peers, pages),
            _kinds_table(kinds, pages),
            _untidy_table(cases, pages),
        ),
        measured=by_goal(found),
        absent=() if find_spec("orjson") else (f"{_ORJSON} (no orjson)",),
    )


def _peers(data: Data, bodies: list[bytes], rounds: int) -> Samples:
    """Time the decoders that read such data."""
    decoders: dict[str, Decode] = {_CHECKED: fresh_decoder()}
    if data is TIDY:
        decoders[_CATTRS] = plain_cattrs()
    if find_spec("orjson"):
        decoders[_ORJSON] = orjson_dicts()
    _verify(decoders, bodies)
    ours = over(fresh_item_decoder(Order), [check(body) for body in bodies])
    others = {name: over(each, bodies) for name, each in decoders.items()}
    return in_turns({_OURS: ours, **others}, rounds=rounds)


def _kinds(data: Data, pages: int, rounds: int) -> dict[str, Samples]:
    """Time our decoder, and orjson where there is one, on pages of each kind of rows."""
    found = {}
    for kind in KINDS:
        bodies = kind.bodies(pages, untidy=data is UNTIDY)
        calls = {_OURS: over(fresh_item_decoder(kind.model), [check(body) for body in bodies])}
        if find_spec("orjson"):
            calls[_ORJSON] = over(orjson_dicts(), bodies)
        found[kind.name] = in_turns(calls, rounds=rounds)
    return found


def _verify(decoders: dict[str, Decode], bodies: list[bytes]) -> None:
    """Check that all decoders read the same values.

    Raises:
        RuntimeError: one of them reads something else.
    """
    for body in bodies:
        orders = decoders[_CHECKED](body)
        typed, dicts = [_values(order) for order in orders], [order.to_dict() for order in orders]
        for name, each in decoders.items():
            if [_values(found) for found in each(body)] != (dicts if name == _ORJSON else typed):
                raise RuntimeError(f"{name} does not read what the SDK reads")


def _values(order: Any) -> dict[str, Any]:
    """Return an order's values by name, `extra` aside; a dict as it is."""
    if isinstance(order, dict):
        return order
    names = (each.name for each in attrs.fields(type(order)) if each.name != "extra")
    return {name: getattr(order, name) for name in names}


def _peers_table(peers: dict[Data, Samples], pages: int) -> Table:
    rows = tuple(
        (
            f"`{name}`" if name.startswith(_OURS) else name,
            *(cell for samples in peers.values() for cell in _cells(samples, name, pages)),
            _LESS.get(name, ""),
        )
        for name in peers[TIDY].by_way
    )
    columns = _columns("µs per order", "x ours", f"x {_ORJSON}")
    note = (
        "Processor time for the whole body of a page, divided by its orders; the median of the "
        "rounds. Ratios are taken round by round: median (lowest to highest). All of them were "
        "found to hold the same values. A run checks the envelope as soon as a page arrives, so "
        "that a cut one can be asked for again, and that leaves the items as bytes; the first row "
        "is what is left to do then, and what the goals compare. Plain cattrs refuses the unknown "
        "enumeration values of untidy data."
    )
    return Table(head=("Way", *columns, "Less than the SDK"), rows=rows, note=note)


def _cells(samples: Samples, name: str, pages: int) -> tuple[str, ...]:
    return (
        _microseconds(samples, name, pages),
        samples.times(name, _OURS),
        samples.times(name, _ORJSON),
    )


def _columns(*names: str) -> list[str]:
    return [f"{name}, {data}" for data in DATA for name in names]


def _kinds_table(kinds: dict[Data, dict[str, Samples]], pages: int) -> Table:
    rows = tuple(
        (
            kind.name,
            *(
                cell
                for each in kinds.values()
                for cell in (
                    _microseconds(each[kind.name], _OURS, pages),
                    each[kind.name].times(_OURS, _ORJSON),
                )
            ),
        )
        for kind in KINDS
    )
    note = "The same for the lists that grow without end, without the check of the envelope."
    return Table(head=("Rows", *_columns("µs per row", f"x {_ORJSON}")), rows=rows, note=note)


def _untidy_table(samples: Samples, pages: int) -> Table:
    rows = tuple(
        (name, _microseconds(samples, name, pages), samples.times(TIDY.name, name))
        for name in samples.by_way
    )
    note = (
        "The same rows, with one change each, checked and decoded by a decoder of their own; the "
        "last has several changes, on one row in 3 to 89, and is what whole runs read. The "
        "speed kept is a share of the speed on tidy data."
    )
    return Table(head=("Data", "µs per order", "Speed kept"), rows=rows, note=note)


def _microseconds(samples: Samples, name: str, pages: int) -> str:
    if name not in samples:
        return "-"
    return f"{samples.median(name) * 1e6 / (pages * PAGE):.2f}"
