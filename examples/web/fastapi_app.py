"""Serve LINER's orders with FastAPI: `uvicorn fastapi_app:app`."""

import asyncio
import json
import logging
import math
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel

from liner_async import ConfigError, LinerClient, LinerError, Order, Page, RetryPolicy

DEADLINE = float(os.environ.get("DEADLINE", "10"))  # seconds until a visitor gets an answer
RETRY = RetryPolicy(deadline=0.8 * DEADLINE, retry_after_max=2.0)  # gives up before the visitor

log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, LinerClient]]:
    """Open one client for the process and close it after the last visitor."""
    async with LinerClient(retry=RETRY) as liner:  # LINER_HOST and LINER_API_KEY
        yield {"liner": liner}


app = FastAPI(lifespan=lifespan)


class OrderOut(BaseModel):
    """What a visitor sees of an order."""

    id: int
    title: str
    status: str


class OrdersOut(BaseModel):
    """One page of orders, and where it lies in the list."""

    items: list[OrderOut]
    offset: int
    limit: int
    total: int


@app.get("/orders", response_model=OrdersOut)
async def one_page(request: Request, offset: int = 0, limit: int = 50) -> Page[Order]:
    """Return one page, with the visitor's offset and limit."""
    async with asyncio.timeout(DEADLINE):
        return await request.state.liner.orders.page(offset=offset, limit=limit)


@app.get("/orders/count")
async def count(request: Request) -> int:
    """Return the number of orders in time, or say that it took too long."""
    async with asyncio.timeout(DEADLINE):
        return await request.state.liner.orders.count()


@app.get("/orders.ndjson")
async def stream(request: Request) -> StreamingResponse:
    """Send every order as a line of JSON, as fast as the visitor reads."""
    pages = request.state.liner.orders.list().pages()
    async with asyncio.timeout(DEADLINE):
        first = await anext(pages, [])  # an error before the first byte still gets a status

    async def lines() -> AsyncIterator[str]:
        async with pages:  # if the visitor leaves, the run ends and its requests are cancelled
            yield ndjson(first)
            async for page in pages:
                yield ndjson(page)

    return StreamingResponse(lines(), media_type="application/x-ndjson")


def ndjson(page: Iterable[Order]) -> str:
    """Write the orders of a page as lines of JSON, with the vendor's names."""
    return "".join(f"{json.dumps(order.to_dict(), ensure_ascii=False)}\n" for order in page)


@app.exception_handler(LinerError)
@app.exception_handler(TimeoutError)
async def explain(request: Request, error: LinerError | TimeoutError) -> JSONResponse:
    """Tell the visitor whether to come back, and log what happened."""
    log.warning("%s: %r", request.url.path, error)
    if isinstance(error, ConfigError):  # an offset or limit of the visitor's; its text names it
        return JSONResponse({"detail": str(error)}, HTTPStatus.UNPROCESSABLE_ENTITY)
    status, headers = HTTPStatus.BAD_GATEWAY, {}
    if isinstance(error, TimeoutError):  # from the deadline, or a TransportTimeoutError
        status = HTTPStatus.GATEWAY_TIMEOUT
    elif error.status in {429, 503}:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        headers["Retry-After"] = str(math.ceil(error.retry_after or 1))
    return JSONResponse({"detail": status.phrase}, status, headers)
