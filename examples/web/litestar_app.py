"""Serve LINER's orders with Litestar: `uvicorn litestar_app:app`."""

import asyncio
import json
import logging
import math
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.datastructures import State
from litestar.response import Stream

from liner_async import LinerClient, LinerError, Order, RetryPolicy

DEADLINE = float(os.environ.get("DEADLINE", "10"))  # seconds until a visitor gets an answer
RETRY = RetryPolicy(deadline=0.8 * DEADLINE, retry_after_max=2.0)  # gives up before the visitor

log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    """Open one client for the process and close it after the last visitor."""
    async with LinerClient(retry=RETRY) as liner:  # LINER_HOST and LINER_API_KEY
        app.state.liner = liner
        yield


@get("/orders/count")
async def count(state: State) -> int:
    """Return the number of orders in time, or say that it took too long."""
    async with asyncio.timeout(DEADLINE):
        return await state.liner.orders.count()


@get("/orders.ndjson")
async def stream(state: State) -> Stream:
    """Send every order as a line of JSON, as fast as the visitor reads."""
    pages = state.liner.orders.list().pages()
    async with asyncio.timeout(DEADLINE):
        first = await anext(pages, [])  # an error before the first byte still gets a status

    async def lines() -> AsyncIterator[str]:
        async with pages:  # if the visitor leaves, the run ends and its requests are cancelled
            yield ndjson(first)
            async for page in pages:
                yield ndjson(page)

    return Stream(lines(), media_type="application/x-ndjson")


def ndjson(page: Iterable[Order]) -> str:
    """Write the orders of a page as lines of JSON, with the vendor's names."""
    return "".join(f"{json.dumps(order.to_dict(), ensure_ascii=False)}\n" for order in page)


def explain(
    request: Request[Any, Any, Any], error: LinerError | TimeoutError
) -> Response[dict[str, str]]:
    """Tell the visitor whether to come back, and log what happened."""
    log.warning("%s: %r", request.url.path, error)
    status, headers = HTTPStatus.BAD_GATEWAY, {}
    if isinstance(error, TimeoutError):  # from the deadline, or a TransportTimeoutError
        status = HTTPStatus.GATEWAY_TIMEOUT
    elif error.status in {429, 503}:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        headers["Retry-After"] = str(math.ceil(error.retry_after or 1))
    return Response({"detail": status.phrase}, status_code=status, headers=headers)


app = Litestar(
    [count, stream],
    lifespan=[lifespan],
    exception_handlers={LinerError: explain, TimeoutError: explain},
)
