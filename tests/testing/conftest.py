"""Clients of the fake server: aiohttp's, and bare sockets where the bytes matter."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from attrs import frozen


@frozen
class Got:
    """What a client saw."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self):
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def ids(self):
        """The ids on the page."""
        return [order["id"] for order in self.json["data"]["list"]]


@pytest.fixture
async def session():
    """Open an ordinary aiohttp session."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def ask(session):
    """Return a function that asks for a page, with the server's key unless another is given."""

    async def ask(server, path="/v2/order/", *, method="GET", headers=None, data=None, **query):
        own = {"X-Api-Key": server.api_key} if headers is None else headers
        sent = {"params": query, "headers": own, "data": data}
        async with session.request(method, server.url + path, **sent) as response:
            return Got(response.status, response.headers, await response.read())

    return ask


@pytest.fixture
def send():
    """Return a function that sends one request and returns all bytes that come back."""

    async def send(server, *, close=True, query=""):
        address = urlsplit(server.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        lines = [
            f"GET /v2/order/{query} HTTP/1.1",
            f"Host: {address.netloc}",
            f"X-Api-Key: {server.api_key}",
            f"Connection: {'close' if close else 'keep-alive'}",
        ]
        try:
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            return await reader.read()
        finally:
            writer.close()

    return send


@pytest.fixture
async def dial():
    """Return a function that opens a bare connection and sends requests over it."""
    opened = []

    async def dial(server, *lines, path="/v2/order/", count=1, key=None, **options):
        address = urlsplit(server.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port, **options)
        opened.append(writer)
        head = [f"GET {path} HTTP/1.1", f"X-Api-Key: {key or server.api_key}", *lines]
        writer.write(("\r\n".join(head) + "\r\n\r\n").encode() * count)
        return reader, writer

    yield dial
    for writer in opened:
        writer.transport.abort()


@pytest.fixture
def until():
    """Return a function that gives other tasks turns until a condition holds, at most 10 s."""

    async def until(condition):
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0)

    return until
