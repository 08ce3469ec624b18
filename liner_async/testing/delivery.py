"""How an answer is sent: the deliveries of `faults.Delivery` carried out with aiohttp.web."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable

    from liner_async.testing.answers import Answer
    from liner_async.testing.faults import Delivery

__all__ = ["deliver"]

# struct linger: on, with no time to linger: close() then sends RST and drops what is queued.
_NO_LINGER = struct.pack("ii", 1, 0)


async def deliver(
    answer: Answer,
    delivery: Delivery,
    *,
    to: web.BaseRequest,
    on_status: Callable[[int], None],
) -> web.StreamResponse:
    """Send `answer` as `delivery` says and return the response for aiohttp to finish.

    `on_status` gets the status just before the status line goes out, and never for a connection
    that is closed without one.
    """
    try:
        return await _send(answer, delivery, to=to, on_status=on_status)
    except ConnectionError:
        # The client has left in the turn in which we write; otherwise its leaving cancels us.
        return _hang_up(to)


async def _send(
    answer: Answer,
    delivery: Delivery,
    *,
    to: web.BaseRequest,
    on_status: Callable[[int], None],
) -> web.StreamResponse:
    match delivery.kind:
        case "disconnect":
            return _hang_up(to)
        case "reset":
            return _reset(to)
        case "stall" if delivery.after == "request":
            await asyncio.sleep(delivery.seconds)
        case "stall" | "drip" | "cut":
            on_status(answer.status)
            return await _stream(answer, delivery, to=to)
    on_status(answer.status)
    return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


async def _stream(answer: Answer, delivery: Delivery, *, to: web.BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = len(answer.body)
    await response.prepare(to)
    half = len(answer.body) // 2 if delivery.after == "half" else 0
    if delivery.kind == "cut":
        await response.write(answer.body[: len(answer.body) // 2])
        return _hang_up(to)
    if delivery.kind == "drip":
        for start in range(0, len(answer.body), delivery.size):
            await response.write(answer.body[start : start + delivery.size])
            await asyncio.sleep(delivery.seconds)
        return response
    await response.write(answer.body[:half])
    await asyncio.sleep(delivery.seconds)
    await response.write(answer.body[half:])
    return response


def _hang_up(request: web.BaseRequest) -> web.StreamResponse:
    """Close the connection once what is written has gone; aiohttp drops the response returned."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


def _reset(request: web.BaseRequest) -> web.StreamResponse:
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        request.transport.abort()
    return web.Response()
