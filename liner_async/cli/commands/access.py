"""Which lists a key may read: one item of each, several at a time."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from liner_async import AuthError, LinerError
from liner_async.cli.commands.diagnosis import Finding, Mark, problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liner_async import LinerClient, RequestEvent
    from liner_async.cli.resource import Resource

__all__ = ["Access", "note_path", "read_lists"]

_LATELY: Final = timedelta(days=1)
_answered: ContextVar[list[str] | None] = ContextVar("_answered", default=None)
"""The paths that answered to the task that asks for a list; its requests inherit the list."""


@frozen(kw_only=True)
class Access:
    """The result of asking for one item of a list.

    Attributes:
        resource: the list.
        path: the path that answered, or the last that was asked; "" if none was.
        total: the number of items; None if that is not known.
        error: what went wrong; None if nothing did.
        order_id: the order that calls were asked for.
    """

    resource: Resource
    path: str
    total: int | None = None
    error: LinerError | None = None
    order_id: int | None = None

    @property
    def is_refused(self) -> bool:
        """Whether the key lacks the permission, which says nothing about other lists."""
        return isinstance(self.error, AuthError)

    def finding(self) -> Finding:
        """Return what `doctor` shows of it."""
        name = self.resource.command
        if self.error is not None:
            mark = Mark.WARNING if self.is_refused else Mark.FAILED
            return Finding(name, mark, problem(self.error))
        if self.total is None:
            return Finding(name, Mark.UNKNOWN, "not asked for: there is no order to ask for")
        text = f"{self.total:,}"
        if self.order_id is not None:
            text += f" of order {self.order_id}"
        if self.resource.has_period:
            text += " in the last 24 hours"
        return Finding(name, Mark.OK, text)


def note_path(event: RequestEvent) -> None:
    """Remember which path answered, for the list that was asked for."""
    paths = _answered.get()
    if paths is not None:
        paths.append(event.path)


async def read_lists(
    liner: LinerClient,
    resources: Iterable[Resource],
    *,
    order_id: int | None,
) -> tuple[Access, ...]:
    """Ask for one item of each list, as many at a time as the client allows.

    Args:
        liner: a client whose events go to `note_path`.
        resources: the lists.
        order_id: an order whose calls can be asked for.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_read(liner, each, order_id=order_id)) for each in resources]
    return tuple(task.result() for task in tasks)


async def _read(liner: LinerClient, resource: Resource, *, order_id: int | None) -> Access:
    methods = getattr(liner, resource.attribute)
    arguments: dict[str, Any] = {}
    if resource.has_period:
        now = datetime.now(UTC)
        arguments = {"created_from": now - _LATELY, "created_to": now}
    needed = order_id if resource.one_of else None
    if needed is not None:
        arguments["order_ids"] = [needed]
    elif resource.one_of:
        return Access(resource=resource, path="")
    paths: list[str] = []
    _answered.set(paths)
    try:
        if resource.is_paged:
            total = (await methods.page(limit=1, **arguments)).total
        else:
            total = (await methods.list(max_items=1)).total
    except LinerError as error:
        return Access(resource=resource, path=error.path or "", error=error)
    return Access(resource=resource, path=paths[-1], total=total, order_id=needed)
