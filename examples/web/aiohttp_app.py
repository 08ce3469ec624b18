"""Serve LINER's orders with aiohttp.web: `python aiohttp_app.py`."""

import asyncio
import json
import logging
import math
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiohttp import web

from liner_async import LinerClient, LinerError, Order, RetryPolicy

LINER = web.AppKey("LINER", LinerClient)
DEADLINE = float(os.environ.get("DEADLINE", "10"))  # seconds until a visitor gets an answer
RETRY = RetryPolicy(deadline=0.8 * DEADLINE, retry_after_max=2.0)  # gives up before the visitor

log = logging.getLogger(__name__)


async def lifespan(app: web.Application) -> AsyncIterator[None]:
    """Open one client for the process and close it after the last visitor."""
    async with LinerClient(retry=RETRY) as liner:  # LINER_HOST and LINER_API_KEY
        app[LINER] = liner
        yield


async def count(request: web.Request) -> web.Response:
    """Return the number of orders in time, or say that it took too long."""
    async with in_time():
        return web.json_response(await request.app[LINER].orders.count())


async def stream(request: web.Request) -> web.StreamResponse:
    """Send every order as a line of JSON, as fast as the visitor reads."""
    async with request.app[LINER].orders.list().pages() as pages:  # closed when the visitor leaves
        async with in_time():
            first = await anext(pages, [])  # an error before the first byte still gets a status
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        await response.write(ndjson(first))
        async for page in pages:
            await response.write(ndjson(page))
    await response.write_eof()
    return response


def ndjson(page: Iterable[Order]) -> bytes:
    """Write the orders of a page as lines of JSON, with the vendor's names."""
    lines = (f"{json.dumps(order.to_dict(), ensure_ascii=False)}\n" for order in page)
    return "".join(lines).encode()


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """Limit the wait, and turn an error into an answer that says whether to come back."""
    try:
        async with asyncio.timeout(DEADLINE):
            yield
    except TimeoutError as error:  # from the deadline, or a TransportTimeoutError
        log.warning("%r", error)
        raise web.HTTPGatewayTimeout from error
    except LinerError as error:
        log.warning("%r", error)
        if error.status in {429, 503}:
            seconds = math.ceil(error.retry_after or 1)
            raise web.HTTPServiceUnavailable(headers={"Retry-After": str(seconds)}) from error
        raise web.HTTPBadGateway from error


def make_app() -> web.Application:
    """Return the application, which opens and closes the client with itself."""
    app = web.Application()
    app.cleanup_ctx.append(lifespan)
    app.add_routes([web.get("/orders/count", count), web.get("/orders.ndjson", stream)])
    return app


if __name__ == "__main__":
    web.run_app(
        make_app(),
        host="127.0.0.1",
        port=int(os.environ.get("PORT", "8000")),
        handler_cancellation=True,  # off by default; cancels the handler when the visitor leaves
    )
