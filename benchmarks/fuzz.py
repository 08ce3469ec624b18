"""Malformed bodies, without a socket, as many as one likes: `python benchmarks/fuzz.py`.

Each body is judged as a client judges it, by `read_page` and then by the decoder. Ends with 1 at
the first exception that is not the SDK's own, and prints the seed that brings it again:
`python benchmarks/fuzz.py --first SEED --count 1`.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections import Counter
from time import perf_counter

from reliability.mutations import mutated

from liner_async import LinerError, Order
from liner_async.decoding import PageDecoder
from liner_async.transport.envelope import Reply, read_page
from liner_async.transport.request import ApiKey

_decode = PageDecoder(Order)
_key = ApiKey("fuzz-key")


def read(body: bytes, *, skip: bool) -> int:
    """Read a page from a body; give the number of its orders.

    Raises:
        LinerError: what every body that is not a page must end in.
    """
    raw = read_page(Reply(status=200, body=body), _key)
    page = _decode(raw, offset=0, limit=100, on_invalid="skip" if skip else "raise")
    for order in page:
        order.to_dict()
    return len(page)


def fuzz(first: int, count: int) -> int:
    """Read `count` bodies from the seed `first` on; give the exit code."""
    outcomes: Counter[str] = Counter()
    began = perf_counter()
    for seed in range(first, first + count):
        body = mutated(seed)
        try:
            read(body, skip=seed % 2 == 0)
            outcomes["read"] += 1
        except LinerError as error:
            outcomes[f"{type(error).__name__}, {error.reason}"] += 1
            str(error)
        except Exception:  # noqa: BLE001 - this is what must never come
            sys.stdout.write(f"seed {seed} brings a foreign exception:\n{traceback.format_exc()}")
            return 1
    seconds = perf_counter() - began
    sys.stdout.write(f"{count:,} bodies, {count / seconds:,.0f} a second, 0 foreign exceptions\n")
    for outcome, times in outcomes.most_common():
        sys.stdout.write(f"  {outcome:<30} {times:>12,}\n")
    return 0


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=1_000_000, help="bodies to read")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    given = parser.parse_args()
    return fuzz(given.first, given.count)


if __name__ == "__main__":
    sys.exit(main())
