"""Has decoding become slower? `python benchmarks/guard.py`.

Compares the CPU time of decoding a page with that of `json.loads` on the same bytes, in the same
process and in turns, so that neither the machine nor its load decides. The bounds leave room for
other interpreters and machines; only a change of ours can take up half of what they allow. Ends
with 1 where a bound is passed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.util import find_spec
from statistics import median
from time import process_time

from liner_async import Order
from liner_async._codec.decoder import PageDecoder
from liner_async._transport.envelope import Reply, read_page
from liner_async._transport.request import ApiKey
from liner_async.testing import fake_orders

_ROUNDS = 60
_AT_ONCE = 3
# Measured on CPython 3.11 to 3.13: 1.9 to 2.0, and 0.82 to 0.85.
_MOST = {"parsed and decoded by cattrs": 2.9, "checked and decoded with the extra speed": 1.3}


def variants(body: bytes) -> dict[str, Callable[[], object]]:
    """Give what is compared: the measure first."""
    reply, key = Reply(status=200, body=body), ApiKey("guard")
    raw = read_page(reply, key)
    cattrs, quick = PageDecoder(Order, accelerate=False), PageDecoder(Order)
    chosen: dict[str, Callable[[], object]] = {
        "json.loads": lambda: json.loads(body),
        "parsed and decoded by cattrs": lambda: cattrs(raw, offset=0, limit=100),
    }
    if find_spec("msgspec") is not None:
        chosen["checked and decoded with the extra speed"] = lambda: quick(
            read_page(reply, key), offset=0, limit=100
        )
    return chosen


def measure(functions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Give the median CPU seconds of each function, called in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(_ROUNDS):
        for name, function in functions.items():
            began = process_time()
            for _ in range(_AT_ONCE):
                function()
            seconds[name].append((process_time() - began) / _AT_ONCE)
    return {name: median(values) for name, values in seconds.items()}


def main() -> int:
    """Measure, print and judge."""
    data = {"list": fake_orders(100), "next": 100, "total": 12345}
    body = json.dumps({"success": True, "message": "", "data": data}, ensure_ascii=False).encode()
    seconds = measure(variants(body))
    unit = seconds.pop("json.loads")
    sys.stdout.write(f"json.loads takes {unit * 1e4:.1f} us an order; times that:\n")
    ratios = {name: of / unit for name, of in seconds.items()}
    for name, ratio in ratios.items():
        verdict = "ok" if ratio <= _MOST[name] else "SLOWER THAN IT MAY BE"
        sys.stdout.write(f"  {name:<42} {ratio:5.2f} <= {_MOST[name]} {verdict}\n")
    return int(any(ratio > _MOST[name] for name, ratio in ratios.items()))


if __name__ == "__main__":
    sys.exit(main())
