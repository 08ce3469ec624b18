"""Decoding: the bytes of a page to 100 typed orders, from tidy data and from other data."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Final

import attrs

from speed.catalogue import PAGE
from speed.chapter import Chapter, Scale, Table
from speed.kinds import KINDS, Kind
from speed.ours import check, decode, decode_items, fresh_decoder, fresh_item_decoder
from speed.peers import Decode, orjson_dicts, plain_cattrs
from speed.rounds import Samples
from speed.turns import in_turns, over
from speed.untidy import CASES, TIDY

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
    bodies = {case.name: case.bodies(pages) for case in CASES}
    decoders = _decoders()
    _verify(decoders, bodies[TIDY])
    calls = {name: over(each, bodies[TIDY]) for name, each in decoders.items()}
    calls[_OURS] = over(decode_items, [check(body) for body in bodies[TIDY]])
    peers = in_turns(calls, rounds=rounds)
    cases = in_turns(
        {name: over(fresh_decoder(), each) for name, each in bodies.items()}, rounds=rounds
    )
    kinds = {each.name: _kind(each, pages, rounds) for each in KINDS}
    kept = [ratio for name in bodies if name != TIDY and (ratio := cases.ratio(TIDY, name))]
    measured = {
        "decoding/cattrs": peers.ratio(_CATTRS, _OURS),
        "decoding/orjson": peers.ratio(_OURS, _ORJSON),
        "decoding/leads": kinds["leads"].ratio(_OURS, _ORJSON),
        "decoding/calls": kinds["calls"].ratio(_OURS, _ORJSON),
        "decoding/untidy": min(kept, key=lambda ratio: ratio.median),
    }
    return Chapter(
        tables=(
            _peers_table(peers, pages),
            _kinds_table(kinds, pages),
            _untidy_table(cases, pages),
        ),
        measured={key: ratio for key, ratio in measured.items() if ratio},
        absent=() if _ORJSON in decoders else (f"{_ORJSON} (no orjson)",),
    )


def _decoders() -> dict[str, Decode]:
    found = {_OURS: decode, _CHECKED: decode, _CATTRS: plain_cattrs()}
    return {**found, _ORJSON: orjson_dicts()} if find_spec("orjson") else found


def _kind(kind: Kind, pages: int, rounds: int) -> Samples:
    """Time our decoder, and orjson where there is one, on pages of one kind of rows."""
    bodies = kind.bodies(pages)
    raw = [check(body) for body in bodies]
    calls = {_OURS: over(fresh_item_decoder(kind.model), raw)}
    if find_spec("orjson"):
        calls[_ORJSON] = over(orjson_dicts(), bodies)
    return in_turns(calls, rounds=rounds)


def _verify(decoders: dict[str, Decode], bodies: list[bytes]) -> None:
    """Check that all decoders read the same values.

    Raises:
        RuntimeError: one of them reads something else.
    """
    for body in bodies:
        orders = decode(body)
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


def _peers_table(samples: Samples, pages: int) -> Table:
    rows = tuple(
        (
            f"`{name}`" if name.startswith(_OURS) else name,
            _microseconds(samples, name, pages),
            samples.times(name, _OURS),
            samples.times(name, _ORJSON),
            _LESS.get(name, ""),
        )
        for name in samples.by_way
    )
    head = ("Way", "µs per order", "x ours", f"x {_ORJSON}", "Less than the SDK")
    note = (
        "Processor time for the whole body of a page, divided by its orders; the median of the "
        "rounds. Ratios are taken round by round: median (lowest to highest). All of them were "
        "found to hold the same values. A run checks the envelope as soon as a page arrives, so "
        "that a cut one can be asked for again, and that leaves the items as bytes; the first row "
        "is what is left to do then, and what the goals compare."
    )
    return Table(head=head, rows=rows, note=note)


def _kinds_table(kinds: dict[str, Samples], pages: int) -> Table:
    rows = tuple(
        (name, _microseconds(samples, _OURS, pages), samples.times(_OURS, _ORJSON))
        for name, samples in kinds.items()
    )
    note = "The same for the lists that grow without end, without the check of the envelope."
    return Table(head=("Rows", "µs per row", f"x {_ORJSON}"), rows=rows, note=note)


def _untidy_table(samples: Samples, pages: int) -> Table:
    rows = tuple(
        (name, _microseconds(samples, name, pages), samples.times(TIDY, name))
        for name in samples.by_way
    )
    note = (
        "The same rows, with one change each, checked and decoded by a decoder of their own. The "
        "speed kept is a share of the speed on tidy data."
    )
    return Table(head=("Data", "µs per order", "Speed kept"), rows=rows, note=note)


def _microseconds(samples: Samples, name: str, pages: int) -> str:
    return f"{samples.median(name) * 1e6 / (pages * PAGE):.2f}"
