"""Read malformed bodies without a socket, as many as you like: `python benchmarks/fuzz.py`.

Each body is read as a client reads it, first the envelope and then the items: once by the fast path
and once by cattrs alone. Ends with 1 at the first exception that is not the SDK's own, or where the
two do not agree, and prints the arguments that repeat it.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections import Counter
from time import perf_counter
from typing import Any

from msgspec import Raw
from reliability.mutations import mutated

from liner_async import DecodeError, LinerError, Order, Page
from liner_async._codec.decoder import Decoder
from liner_async._codec.json_text import parse
from liner_async._transport.credentials import ApiKey
from liner_async._transport.envelope import Response, read_page

_KEY = ApiKey("fuzz-key")
_BATCH = 1_000
"""Seeds for each decoder: it learns from what it reads, and is tried before and after that."""


def outcome(body: bytes, decoder: Decoder[Order], *, skip: bool, fast: bool) -> str | Page[Order]:
    """Read a page from a body; return it, or the text of the error of the SDK that came."""
    try:
        raw = read_page(Response(status=200, body=body), _KEY)
        rows = raw.rows if fast else [_parsed(row) for row in raw.rows]
        decoded = decoder.page(rows, offset=0, skip_invalid=skip)
        if decoded.problems and not skip:
            raise DecodeError.of(decoded.problems[0], attempts=raw.attempts)
    except LinerError as error:
        return f"{type(error).__name__}, {error.reason}: {error}"
    for order in decoded.items:
        order.to_dict()
    return Page(
        items=decoded.items,
        offset=0,
        limit=100,
        next=raw.next,
        total=raw.total,
        problems=decoded.problems,
    )


def _parsed(row: Any) -> Any:
    return parse(bytes(row)) if isinstance(row, Raw) else row


def read(body: bytes, decoder: Decoder[Order], *, skip: bool) -> str | Page[Order]:
    """Read a page by the fast path and by cattrs alone.

    Raises:
        AssertionError: they do not agree.
    """
    quick = outcome(body, decoder, skip=skip, fast=True)
    truth = outcome(body, decoder, skip=skip, fast=False)
    if _ended_before(quick, truth):
        return quick
    if repr(quick) != repr(truth) or quick != truth:
        raise AssertionError(f"the fast path: {quick!r}\ncattrs: {truth!r}")
    return quick


def _ended_before(quick: object, truth: object) -> bool:
    """Return whether an item did not fit before a later one held JSON that cannot be read.

    The fast path reads item by item, and stops at the first that does not fit.
    """
    return str(quick).startswith("DecodeError") and str(truth).startswith("ResponseError")


def fuzz(first: int, count: int) -> int:
    """Read `count` bodies from the seed `first` on; return the exit code."""
    outcomes: Counter[str] = Counter()
    began = perf_counter()
    for seed in range(first, first + count):
        if seed in {first, seed - seed % _BATCH}:
            start, decoder = seed, Decoder(Order)
        body = mutated(seed)
        try:
            result = read(body, decoder, skip=seed % 2 == 0)
        except Exception:  # noqa: BLE001 - this is what must never come
            again = f"--first {start} --count {seed - start + 1}"
            sys.stdout.write(f"{traceback.format_exc()}\nat seed {seed}; again with {again}\n")
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
