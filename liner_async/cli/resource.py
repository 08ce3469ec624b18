"""One resource of the command line: what its commands are called, and how they read its list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import frozen

import liner_async
from liner_async import ApiError, StatusError
from liner_async.cli.columns import Columns
from liner_async.cli.console.exits import CommandExit, ExitCode
from liner_async.cli.filters import Chosen, Filter, FilterKind

if TYPE_CHECKING:
    from liner_async import LinerClient, Pager, Progress, ResumePoint

__all__ = ["PAGE", "Consistency", "Noun", "OnInvalid", "Resource"]

Consistency: TypeAlias = Literal["detect", "strict", "off"]
OnInvalid: TypeAlias = Literal["raise", "skip"]


@frozen
class Noun:
    """What something is called, one and many."""

    singular: str
    plural: str

    def count(self, number: int) -> str:
        """Return "1 order", "2,000 orders"."""
        return f"{number:,} {self.singular if number == 1 else self.plural}"


PAGE = Noun("page", "pages")


@frozen(kw_only=True)
class Resource:
    """One resource of the command line.

    Attributes:
        attribute: the client's attribute; with hyphens, the command's name.
        model_name: the class of its items, by its public name.
        noun: what messages call its items.
        summary: one line about it.
        columns: the columns of a table by the vendor's names, where they are not the model's own.
        example: the filters of the examples in `--help`.
        example_columns: the columns of these.
        has_get: whether the API can return one item; if not, the list is searched.
        is_paged: whether the list comes in pages. A plain list comes whole in one answer, so it
            has no offset and no page size, and cannot be resumed.
        filters: the filters of its list.
        one_of: the filters of which the list needs at least one, by their options.
        new: the typed dictionary of what can be created, by its public name; "" for nothing.
        changes: the typed dictionary of what can be changed.
        has_bulk: whether many can be created at once, and submitted.
        example_fields: the fields of the example of a create.
        example_changes: the fields of the example of an update.
    """

    attribute: str
    model_name: str
    noun: Noun
    summary: str
    columns: tuple[str, ...] = ()
    example: str = ""
    example_columns: str = "id,title"
    has_get: bool = False
    is_paged: bool = True
    filters: tuple[Filter, ...] = ()
    one_of: tuple[str, ...] = ()
    new: str = ""
    changes: str = ""
    has_bulk: bool = False
    example_fields: str = ""
    example_changes: str = ""

    @property
    def model(self) -> type[Any]:
        """The class of its items, which takes a while to import."""
        model: type[Any] = getattr(liner_async, self.model_name)
        return model

    @property
    def command(self) -> str:
        """The name of its group of commands."""
        return self.attribute.replace("_", "-")

    @property
    def example_words(self) -> str:
        """What the examples in `--help` add to a command: a blank and filters, or nothing."""
        return f" {self.example}" if self.example else ""

    @property
    def table_columns(self) -> tuple[str, ...]:
        """The columns of a table when none are chosen, by the vendor's names."""
        return self.columns or Columns.of(self.model).shown

    @property
    def has_period(self) -> bool:
        """Whether its list is read by time, in windows, and so has no offset."""
        return any(each.kind is FilterKind.MOMENT for each in self.filters)

    @property
    def has_offset(self) -> bool:
        """Whether its list can be entered at any row."""
        return self.is_paged and not self.has_period

    def written_by(self, verb: str) -> str:
        """Return the typed dictionary of the fields that a verb takes, by its public name."""
        return self.changes if verb == "update" else self.new

    async def arguments(self, liner: LinerClient, chosen: Chosen) -> dict[str, Any]:
        """Return the filters as keyword arguments; codes of statuses are looked up.

        Raises:
            CommandExit: there is no status with such a code.
        """
        arguments: dict[str, Any] = {}
        for each in self.filters:
            if each.option in chosen:
                value = chosen[each.option]
                if each.kind is FilterKind.STATUSES:
                    value = await _status_ids(liner, each, value)
                arguments[each.name] = value
        return arguments

    def list(
        self,
        liner: LinerClient,
        filters: Mapping[str, Any],
        *,
        max_items: int | None,
        offset: int = 0,
        window: timedelta | None = None,
        page_size: int = 100,
        consistency: Consistency = "detect",
        on_invalid: OnInvalid = "raise",
        resume: ResumePoint | None = None,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> Pager[Any]:
        """Return the list, without the options that it does not have; no request is sent yet."""
        arguments: dict[str, Any] = {**filters, "max_items": max_items, "on_invalid": on_invalid}
        if self.is_paged:
            arguments |= {
                "page_size": page_size,
                "consistency": consistency,
                "resume": resume,
                "on_progress": on_progress,
            }
        if self.has_offset:
            arguments["offset"] = offset
        if window is not None:
            arguments["window"] = window
        pager: Pager[Any] = getattr(liner, self.attribute).list(**arguments)
        return pager

    async def count(self, liner: LinerClient, filters: Mapping[str, Any]) -> int:
        """Return the number of items: the server's count, or the length of a plain list."""
        pager = self.list(liner, filters, max_items=None)
        return await pager.count() if self.is_paged else len(await pager)

    async def total(self, liner: LinerClient, filters: Mapping[str, Any]) -> int | None:
        """Return the number of items, or None if the server will not count them.

        It counts a period by one request, and may refuse so long a span.
        """
        try:
            return await self.count(liner, filters)
        except (StatusError, ApiError):
            return None

    async def find(self, liner: LinerClient, item_id: int) -> Any:
        """Return the item with this identifier; a list is read no further than it.

        Return None if the whole list does not have it.

        Raises:
            NotFoundError: the API can return one item, and there is none.
        """
        if self.has_get:
            return await getattr(liner, self.attribute).get(item_id)
        async with self.list(liner, {}, max_items=None).pages() as pages:
            async for page in pages:
                for item in page:
                    if item.id == item_id:
                        return item
        return None


async def _status_ids(
    liner: LinerClient, filter_: Filter, given: tuple[int | str, ...]
) -> tuple[int, ...]:
    if all(isinstance(each, int) for each in given):
        return tuple(int(each) for each in given)
    known = {each.code: each.id for each in await getattr(liner, filter_.statuses).list()}
    unknown = [each for each in given if isinstance(each, str) and each not in known]
    if unknown:
        raise CommandExit(
            f"--{filter_.option}: no such code: {', '.join(map(repr, unknown))}; "
            f"known: {', '.join(sorted(known))}",
            ExitCode.USAGE,
        )
    return tuple(known[each] if isinstance(each, str) else each for each in given)
