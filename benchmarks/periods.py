"""Long histories in windows: every row once, whatever the server; requests, offsets and memory.

python benchmarks/periods.py kinds [ROWS]   48 kinds of server, 4,000 leads each, over a socket
python benchmarks/periods.py year [ROWS]    1,000,000 leads of a year
python benchmarks/periods.py pages [ROWS]   processor time for a page, against a page of orders
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import multiprocessing
import random
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from attrs import define, field

from liner_async import LinerClient
from liner_async.testing import FakeLiner, make_lead

START = datetime(2024, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LIMIT_OF_REQUESTS = 1.06  # for each page that the rows need
DEEPEST = 5_100
PAGE = 100

# What a row has beside its id and time, in about as many bytes.
ROWS = {
    "/v2/order/": {"serviceTitle": "Calls", "title": "Windows", "status": "active"},
    "/v2/lead/": {"orderId": 1, "name": "John", "lastName": "Smith"},
    "/v2/call/": {"orderId": 1, "leadId": 1, "statusCode": "answered"},
}

# 48 kinds of server


def times(shape: str, count: int, *, hours: int) -> Iterator[datetime]:
    """Yield times: spread over some hours, or in bursts around the full ones."""
    rng = random.Random(count)
    for number in range(count):
        if shape == "bursts" and number % 4:
            edge = START + HOUR * (1 + number % (hours - 1))
            yield edge + timedelta(milliseconds=250) * rng.randrange(-5, 6)
        else:
            yield START + HOUR * hours * rng.random()


async def read_kinds(rows: int) -> int:
    """Read from each kind of server; return how many lists came out wrong."""
    wrong, asked = 0, 0
    ends = (True, False)
    kinds = itertools.product(ends, ends, ("exact", "second"), ("asc", "desc", "id"))
    for (start_inclusive, end_inclusive, precision, sort), shape in itertools.product(
        kinds, ("spread", "bursts")
    ):
        made = list(times(shape, rows, hours=24))
        leads = [make_lead(id=n, createdAt=at.isoformat()) for n, at in enumerate(made, start=1)]
        first, after = START + HOUR, START + 23 * HOUR
        expected = [n for n, at in enumerate(made, start=1) if first <= at < after]
        async with (
            FakeLiner(
                leads=leads,
                start_inclusive=start_inclusive,
                end_inclusive=end_inclusive,
                precision=precision,
                sort=sort,
            ) as server,
            LinerClient(server.url, server.api_key, concurrency=8) as liner,
        ):
            pager = liner.leads.list(
                created_from=first, created_to=after, window=HOUR, window_rows=150
            )
            found = sorted([lead.id async for lead in pager])
            asked += len(server.requests)
            is_right = found == expected and pager.report.complete
        if not is_right:
            wrong += 1
            print("wrong:", shape, start_inclusive, end_inclusive, precision, sort, pager.report)
    print(f"{rows:,} rows each, {asked:,} requests: {wrong} of 48 kinds of server read wrongly")
    return wrong


# A year of leads


@define
class Year:
    """Leads from nine to six on working days, made when they are asked for.

    Attributes:
        count: how many there are.
        days: the first moment of each working day, in seconds since the start of the year.
    """

    count: int
    days: list[int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        moments = [START + number * DAY for number in range(366)]
        self.days = [
            int((moment + 9 * HOUR - START).total_seconds())
            for moment in moments
            if moment.weekday() < 5
        ]

    def second_of(self, number: int) -> int:
        """Return when a lead was created, in seconds since the start of the year."""
        worked = number * len(self.days) * 32_400 // self.count
        return self.days[worked // 32_400] + worked % 32_400

    def before(self, second: float) -> int:
        """Return how many leads were created before a second."""
        low, high = 0, self.count
        while low < high:
            middle = (low + high) // 2
            if self.second_of(middle) < second:
                low = middle + 1
            else:
                high = middle
        return low

    def page(self, target: str) -> tuple[bytes, int]:
        """Return a page, and its offset."""
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        first, after = 0, self.count
        if "createdAt[0]" in query:
            start, end = (
                (datetime.fromisoformat(query[f"createdAt[{place}]"][0]) - START).total_seconds()
                for place in (0, 1)
            )
            first, after = self.before(start), self.before(end + 1)
        offset, limit = int(query["offset"][0]), int(query["limit"][0])
        rows = [
            {"id": 1 + number, "createdAt": _iso(self.second_of(number)), **ROWS[path]}
            for number in range(first + offset, min(after, first + offset + limit))
        ]
        listing = {"list": rows, "next": offset + len(rows), "total": after - first}
        return json.dumps({"success": True, "data": listing}).encode(), offset


def _iso(second: int) -> str:
    return (START + timedelta(seconds=second)).isoformat().replace("+00:00", "Z")


async def serve(year: Year, told: Connection) -> None:
    """Answer until the other end asks for the tally."""
    requests = deepest = 0
    page = lru_cache(maxsize=2_000)(year.page)  # who reads again need not wait

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests, deepest
        while request := await _request(reader):
            body, offset = page(request)
            requests, deepest = requests + 1, max(deepest, offset)
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n"
            writer.write(f"{head}Content-Type: application/json\r\n\r\n".encode() + body)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    told.send(server.sockets[0].getsockname()[1])
    await asyncio.to_thread(told.recv)
    told.send((requests, deepest))
    server.close()


async def _request(reader: asyncio.StreamReader) -> str:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return ""
    return head.split(b" ", 2)[1].decode()


def _serve(count: int, told: Connection) -> None:
    asyncio.run(serve(Year(count), told))


@contextmanager
def served(count: int) -> Iterator[tuple[str, Connection]]:
    """Run the server in a process of its own."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(count, there))
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}", here
    finally:
        process.kill()
        process.join()


async def read_year(count: int) -> bool:
    """Read a year; return whether it came whole, within the limits."""
    with served(count) as (url, told):
        began, cpu = time.perf_counter(), time.process_time()
        seen, last, memory = bytearray(count), 0, []
        async with LinerClient(url, "key") as liner:
            pager = liner.leads.list(created_from=START, created_to=START + 366 * DAY)
            async for page in pager.pages():
                for lead in page:
                    seen[lead.id - 1] += 1
                if pager.report.handed_out >= last + count // 10:
                    last += count // 10
                    memory.append(_resident())
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        told.send(None)
        requests, deepest = told.recv()
    pages = -(-count // PAGE)
    once = seen.count(1) == count
    print(
        f"{count:,} leads, each once: {once}; complete: {pager.report.complete}; "
        f"{pager.report.windows} windows"
    )
    print(f"{requests:,} requests, {requests / pages:.4f} for a page; deepest offset {deepest:,}")
    print(f"{seconds:.0f} s, {cpu:.0f} s of CPU; resident memory by tenths (MiB): {memory}")
    return once and requests <= LIMIT_OF_REQUESTS * pages and deepest <= DEEPEST


# What a page costs the client

YEAR = {"created_from": START, "created_to": START + 366 * DAY}
ONE_LIST = {"window": timedelta(days=400), "window_rows": 10**9}
LISTS: dict[str, tuple[str, dict[str, Any]]] = {
    "orders": ("orders", {}),
    "leads as one list": ("leads", YEAR | ONE_LIST),
    "leads in windows": ("leads", YEAR),
    "calls as one list": ("calls", YEAR | ONE_LIST | {"order_ids": [1]}),
    "calls in windows": ("calls", YEAR | {"order_ids": [1]}),
}
ROUNDS = 9
MOST = 1.10  # of what a page of orders costs


async def cost_of(url: str, count: int, name: str, query: dict[str, Any]) -> float:
    """Return the microseconds of the processor that a page takes, its decoding left out."""
    decoding = 0.0
    async with LinerClient(url, "key", concurrency=8) as liner:
        resource = getattr(liner, name)
        decode = resource._decode  # noqa: SLF001 - what is to be left out

        def timed(*arguments: Any, **options: Any) -> Any:
            nonlocal decoding
            began = time.process_time()
            page = decode(*arguments, **options)
            decoding += time.process_time() - began
            return page

        resource._decode = timed  # noqa: SLF001 - the same
        pager = resource.list(**query)
        gc.collect()
        began, found = time.process_time(), 0
        async for page in pager.pages():
            found += len(page)
        seconds = time.process_time() - began - decoding
    if found != count:
        raise RuntimeError(f"{found} rows of {count} were delivered")
    return seconds / pager.report.pages * 1e6


async def read_pages(count: int) -> bool:
    """Read every list in turns; return whether no page costs much more than one of orders."""
    found: dict[str, list[float]] = {each: [] for each in LISTS}
    with served(count) as (url, _):
        for number in range(ROUNDS + 1):
            for each, (name, query) in LISTS.items():
                cost = await cost_of(url, count, name, query)
                found[each] += [cost] if number else []  # the first warms up
    for each, costs in found.items():
        ratio = _ratio(costs, found["orders"])
        print(f"{each}: {min(costs):.0f} µs a page without decoding, {ratio:.2f} of orders")
    return all(_ratio(costs, found["orders"]) <= MOST for costs in found.values())


def _ratio(costs: list[float], to: list[float]) -> float:
    """Compare the rounds that met the least of what else the machine does."""
    return min(costs) / min(to)


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * resource.getpagesize() / 2**20, 1)


def main(arguments: list[str]) -> int:
    """Run what is named; return 0 if everything came out right."""
    match arguments:
        case ["kinds", *rows]:
            return int(asyncio.run(read_kinds(int(rows[0]) if rows else 4_000)) > 0)
        case ["year", *rows]:
            return int(not asyncio.run(read_year(int(rows[0]) if rows else 1_000_000)))
        case ["pages", *rows]:
            return int(not asyncio.run(read_pages(int(rows[0]) if rows else 20_000)))
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
