"""Single objects by their identifiers, for the resources that have a path for one object."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import aclosing
from functools import partial
from typing import ClassVar, Literal, TypeVar

from liner_async._codec.decoder import decoder_of
from liner_async._codec.query import identifier, identifiers
from liner_async._paging.report import PagingReport
from liner_async._paging.results import ResultList
from liner_async._transport.envelope import read_object
from liner_async._transport.request import Request
from liner_async._transport.tasks import in_order, outcome
from liner_async.errors import ConfigError, DecodeError, NotFoundError
from liner_async.resources.base import Resource

__all__ = ["DetailResource"]

T = TypeVar("T")


class DetailResource(Resource[T]):
    """A resource whose objects can be asked for one by one.

    Attributes:
        identifier: what errors call the identifier of one of its objects, such as `lead_id`.
    """

    identifier: ClassVar[str]

    async def get(self, object_id: int, /) -> T:
        """Return the object with this identifier.

        Raises:
            NotFoundError: no object has this identifier (`reason` is "missing").
            LinerError: see the errors page; the SDK has already retried what could be retried.
        """
        identifier(self.identifier, object_id)
        request = Request(path=f"{self._named('get').path}{object_id}/")
        data = await outcome(
            self._sender.start(request, partial(read_object, key=self._sender.key))
        )
        try:
            item: T = decoder_of(self.model).item(data)
        except DecodeError as error:
            error.method, error.path = request.method, request.path
            raise
        return item

    async def get_many(
        self, object_ids: Iterable[int], /, *, on_missing: Literal["raise", "skip"] = "raise"
    ) -> ResultList[T]:
        """Return the objects with these identifiers, in the given order; one request each.

        Several requests run at a time, as many as the client allows. No identifiers, no request.

        Args:
            object_ids: the identifiers; one that is given twice is requested twice.
            on_missing: "skip" to leave out objects that do not exist.

        Raises:
            NotFoundError: one does not exist (`reason` is "missing").
            LinerError: see the errors page; the SDK has already retried what could be retried.
        """
        wanted = identifiers(f"{self.identifier}s", object_ids, may_be_empty=True)
        if on_missing not in ("raise", "skip"):
            raise ConfigError("on_missing must be one of 'raise', 'skip'")
        gets = (partial(self.get, object_id) for object_id in wanted)
        found: list[T] = []
        async with aclosing(in_order(gets, self._sender.own, ahead=self._ahead)) as tasks:
            async for task in tasks:
                try:
                    found.append(await outcome(task))
                except NotFoundError:
                    if on_missing == "raise":
                        raise
        report = PagingReport(handed_out=len(found), ended=True, complete=True)
        return ResultList(tuple(found), total=len(wanted), report=report, model=self.model)

    def _ahead(self) -> int:
        return self._lookahead or 4 * (self._concurrency or self._sender.concurrency())
