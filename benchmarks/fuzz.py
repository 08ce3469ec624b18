"""Read malformed bodies without a socket, as many as you like: `python benchmarks/fuzz.py`.

Each body is read as a client reads it, first the envelope and then the items: once by the fast path
and once by cattrs alone. Ends with 1 at the first exception that is not the SDK's own, or where the
two do not agree, and prints the seed that repeats it:
`python benchmarks/fuzz.py --first SEED --count 1`.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections import Counter
from time import perf_counter

from reliability.mutations import mutated

from liner_async import LinerError, Order, Page
from liner_async._codec.decoder import PageDecoder
from liner_async._transport import envelope
from liner_async._transport.envelope import Reply, read_page
from liner_async._transport.request import ApiKey

_QUICK = PageDecoder(Order)
_TRUTH = PageDecoder(Order, accelerate=False)
_KEY = ApiKey("fuzz-key")


def outcome(body: bytes, decode: PageDecoder[Order], *, skip: bool) -> str | Page[Order]:
    """Read a page from a body; return it, or the text of the error of the SDK that came."""
    try:
        raw = read_page(Reply(status=200, body=body), _KEY)
        page = decode(raw, offset=0, limit=100, on_invalid="skip" if skip else "raise")
    except LinerError as error:
        return f"{type(error).__name__}, {error.reason}: {error}"
    for order in page:
        order.to_dict()
    return page


def read(body: bytes, *, skip: bool) -> str | Page[Order]:
    """Read a page by the fast path and by cattrs alone.

    Raises:
        AssertionError: they do not agree.
    """
    quick = outcome(body, _QUICK, skip=skip)
    peek, envelope.peek = envelope.peek, lambda _: None
    try:
        truth = outcome(body, _TRUTH, skip=skip)
    finally:
        envelope.peek = peek
    if repr(quick) != repr(truth) or quick != truth:
        raise AssertionError(f"the fast path: {quick!r}\ncattrs: {truth!r}")
    return quick


def fuzz(first: int, count: int) -> int:
    """Read `count` bodies from the seed `first` on; return the exit code."""
    outcomes: Counter[str] = Counter()
    began = perf_counter()
    for seed in range(first, first + count):
        body = mutated(seed)
        try:
            result = read(body, skip=seed % 2 == 0)
        except Exception:  # noqa: BLE001 - this is what must never come
            sys.stdout.write(f"seed {seed} brings a foreign exception:\n{traceback.format_exc()}")
            return 1
        outcomes[result.partition(":")[0] if isinstance(result, str) else "read"] += 1
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
