"""The resources that the command line counts, lists and exports: one row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import frozen

import liner_async

if TYPE_CHECKING:
    from liner_async import LinerClient, Pager, Progress, ResumePoint

__all__ = ["PAGE", "RESOURCES", "Consistency", "Filter", "Noun", "OnInvalid", "Resource"]

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
class Filter:
    """An option that narrows a list, and the keyword argument of the same name.

    Attributes:
        name: the name of the argument.
        choices: the values it takes.
        help: what `--help` says of it.
    """

    name: str
    choices: tuple[str, ...]
    help: str


@frozen(kw_only=True)
class Resource:
    """One resource of the command line.

    Attributes:
        attribute: the client's attribute; with hyphens, the command's name.
        model_name: the class of its items, by its public name.
        noun: what messages call its items.
        table_columns: the columns of a table when none are chosen, by the vendor's names.
        has_get: whether the API answers for one item; where it does not, the list is searched.
        is_paged: whether the list comes in pages. A plain list comes whole in one answer, so it
            has no offset and no page size, and cannot be resumed.
        filters: the filters of its list.
    """

    attribute: str
    model_name: str
    noun: Noun
    table_columns: tuple[str, ...]
    has_get: bool = False
    is_paged: bool = True
    filters: tuple[Filter, ...] = ()

    @property
    def model(self) -> type[Any]:
        """The class of its items, which takes a while to import."""
        model: type[Any] = getattr(liner_async, self.model_name)
        return model

    @property
    def command(self) -> str:
        """The name of its group of commands."""
        return self.attribute.replace("_", "-")

    def list(
        self,
        liner: LinerClient,
        filters: Mapping[str, str],
        *,
        max_items: int | None,
        offset: int = 0,
        page_size: int = 100,
        consistency: Consistency = "detect",
        on_invalid: OnInvalid = "raise",
        resume: ResumePoint | None = None,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> Pager[Any]:
        """Return the list; no request is sent yet. A plain list takes no arguments of paging."""
        arguments: dict[str, Any] = {**filters, "max_items": max_items, "on_invalid": on_invalid}
        if self.is_paged:
            arguments |= {
                "offset": offset,
                "page_size": page_size,
                "consistency": consistency,
                "resume": resume,
                "on_progress": on_progress,
            }
        pager: Pager[Any] = getattr(liner, self.attribute).list(**arguments)
        return pager

    async def count(self, liner: LinerClient, filters: Mapping[str, str]) -> int:
        """Return the number of items: the server's count, or the length of a plain list."""
        pager = self.list(liner, filters, max_items=None)
        return await pager.count() if self.is_paged else len(await pager)

    async def find(self, liner: LinerClient, item_id: int) -> Any:
        """Return the item with this identifier; a list is read no further than it.

        Returns None where the whole list was read in vain.

        Raises:
            NotFoundError: the API answers for one item, and says that there is none.
        """
        if self.has_get:
            return await getattr(liner, self.attribute).get(item_id)
        async with self.list(liner, {}, max_items=None).pages() as pages:
            async for page in pages:
                for item in page:
                    if item.id == item_id:
                        return item
        return None


RESOURCES = (
    Resource(
        attribute="orders",
        model_name="Order",
        noun=Noun("order", "orders"),
        table_columns=("id", "code", "status", "title", "updatedAt"),
    ),
    Resource(
        attribute="call_attempts",
        model_name="CallAttemptGroup",
        noun=Noun("call attempt group", "call attempt groups"),
        has_get=True,
        table_columns=("id", "title", "intervals", "isDefault", "resetAttemptsEnabled"),
    ),
    Resource(
        attribute="custom_fields",
        model_name="CustomField",
        noun=Noun("custom field", "custom fields"),
        table_columns=("id", "essence", "type", "title", "sort"),
        is_paged=False,
        filters=(
            Filter(
                name="essence",
                choices=("leads", "orders"),
                help="Only the fields of leads, or of orders.",
            ),
        ),
    ),
)
