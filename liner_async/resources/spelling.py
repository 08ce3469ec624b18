"""A path that the vendor spells in two ways: the one that answers is kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from liner_async._codec.query import Query
from liner_async._transport.envelope import Response
from liner_async._transport.request import Request
from liner_async._transport.sender import Sender
from liner_async._transport.tasks import outcome
from liner_async.errors import NotFoundError
from liner_async.resources.endpoints import Endpoint

__all__ = ["EitherPath"]

R = TypeVar("R")

_log = logging.getLogger("liner_async.resources")


class EitherPath:
    """Asks at an endpoint's path and, after a 404, at its other spelling, if it has one.

    Only for requests without an id, where a 404 can only mean the path.
    """

    def __init__(self, sender: Sender, endpoint: Endpoint) -> None:
        self._sender = sender
        self._spellings = [path for path in (endpoint.path, endpoint.also) if path is not None]

    def start(self, query: Query, parse: Callable[[Response], R]) -> asyncio.Task[R]:
        """Start the request in a task of the client's."""
        return self._sender.own(self._ask(query, parse))

    async def _ask(self, query: Query, parse: Callable[[Response], R]) -> R:
        for path in self._spellings:
            try:
                answer = await outcome(self._sender.start(Request(path=path, query=query), parse))
            except NotFoundError as error:
                failure = error
            else:
                if path != self._spellings[0]:
                    _log.info("%s answers, and %s does not", path, self._spellings[0])
                    self._spellings = [path]
                return answer
        failure.args = (f"{failure.args[0]}; asked at {' and '.join(self._spellings)}",)
        raise failure
