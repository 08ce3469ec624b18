"""However a reading ends, nothing is left, and whatever happens to the services it is whole."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from liner_async import LinerClient, LinerError
from tests.integration.real_stack.stack import KEY, Stack
from tests.support.waiting import eventually


async def end_early(liner: LinerClient, how: str, after: float) -> None:
    """Read a list, and stop after a while in one of the ways there are."""
    if how == "timeout":
        with suppress(TimeoutError):
            async with asyncio.timeout(after):
                await liner.orders.list()
    elif how == "cancel":
        task = asyncio.create_task(_read_all(liner))
        await asyncio.sleep(after)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    else:
        async for order in liner.orders.list(page_size=10):
            if order.id > 100 + 1000 * after:
                break


async def _read_all(liner: LinerClient) -> list[int]:
    return [order.id async for order in liner.orders.list(page_size=10)]


@pytest.mark.parametrize("server", ["slow", "slow_tls"])
async def test_an_early_end_leaves_nothing_behind(
    stack: Stack, filled: list[int], server: str
) -> None:
    """No task and no socket here, no connection at nginx, and the next list is whole."""
    rng = random.Random(2)
    secure = {"ssl": stack.trusting} if server == "slow_tls" else {}
    async with stack.client(server, **secure) as liner:
        for _ in range(20):
            await end_early(liner, rng.choice(["timeout", "cancel", "break"]), rng.uniform(0, 0.1))
        assert await _read_all(liner) == filled
    eventually(lambda: stack.connections() == 0, "nginx to see every connection closed")


def test_a_client_whose_loop_ends_at_once_leaves_no_socket(stack: Stack, filled: list[int]) -> None:
    """`asyncio.run` leaves a TLS connection no time to say goodbye.

    The connection is open when the reading is cancelled: asyncio itself may leave one behind that
    was just about to open, until it is collected.
    """

    async def give_up() -> None:
        async with stack.client("slow_tls", ssl=stack.trusting, concurrency=1) as liner:
            await liner.orders.page(limit=1)
            await end_early(liner, "cancel", 0.01)

    for _ in range(10):
        asyncio.run(give_up())


def test_an_export_that_is_killed_again_and_again_holds_every_order_once(
    stack: Stack, filled: list[int], tmp_path: Path
) -> None:
    """`--resume` goes on after SIGKILL, wherever it struck."""
    target = tmp_path / "orders.jsonl"
    words = ["orders", "export", "-o", str(target), "--resume", str(tmp_path / "checkpoint")]
    command = [sys.executable, "-m", "liner_async", *words, "--page-size", "10"]
    environment = {**os.environ, "LINER_HOST": stack.url("slow"), "LINER_API_KEY": KEY}
    rng = random.Random(3)
    for _ in range(5):
        before = len(stack.requests("slow"))
        export = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        sent = before + rng.randrange(1, 15)
        eventually(lambda sent=sent: len(stack.requests("slow")) >= sent, "some requests")
        export.send_signal(signal.SIGKILL)
        assert export.wait() == -signal.SIGKILL
    subprocess.run(command, env=environment, stderr=subprocess.DEVNULL, check=True)
    assert [json.loads(line)["id"] for line in target.read_text().splitlines()] == filled
    assert [each.name for each in tmp_path.iterdir()] == [target.name]


@contextmanager
def mischief(stack: Stack) -> Iterator[None]:
    """Reload nginx, and restart it and php-fpm, at random moments."""
    ended, rng = threading.Event(), random.Random(4)

    def work() -> None:
        while not ended.wait(rng.uniform(0.1, 0.4)):
            what = rng.choice([stack.nginx.reload, stack.nginx.restart, stack.php.restart])
            what()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


async def test_through_many_restarts_a_list_is_whole_or_raises(
    stack: Stack, filled: list[int]
) -> None:
    """No other exception, and no list that only looks whole."""

    async def read() -> str:
        async with stack.client() as liner:
            try:
                assert await liner.orders.list(page_size=20) == expected
            except LinerError as error:
                return str(error)
            return "whole"

    async with stack.client() as liner:
        expected = await liner.orders.list()
    with mischief(stack):
        endings = Counter(await asyncio.gather(*(read() for _ in range(6))))
    print(endings)  # noqa: T201 - for -rP
