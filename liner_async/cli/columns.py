"""The columns of an order: the vendor's names, ours accepted too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
import click

from liner_async import Order

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COLUMNS", "columns_option", "in_snake_case"]

_ANY: Final = Order(id=1, service_title="", title="", status="", sip_endpoint_ids=())
_OURS: Final = tuple(each.name for each in attrs.fields(Order) if each.name != "extra")

COLUMNS: Final[tuple[str, ...]] = tuple(_ANY.to_dict())
"""Every documented field, by the vendor's name, in the documented order."""

_SPELLINGS: Final[Mapping[str, str]] = {
    **dict(zip(_OURS, COLUMNS, strict=True)),
    **dict(zip(COLUMNS, COLUMNS, strict=True)),
}
_SNAKE_CASE: Final[Mapping[str, str]] = dict(zip(COLUMNS, _OURS, strict=True))


def in_snake_case(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Give our names of columns that go by the vendor's."""
    return tuple(_SNAKE_CASE[name] for name in columns)


def _read_columns(
    _: click.Context, __: click.Parameter, given: str | None
) -> tuple[str, ...] | None:
    """Read `id,status,sip_endpoint_ids` as the vendor's names.

    Raises:
        click.BadParameter: a column is unknown (the text names the known) or comes twice.
    """
    if given is None:
        return None
    names = [name.strip() for name in given.split(",")]
    unknown = [name for name in names if name not in _SPELLINGS]
    if unknown:
        raise click.BadParameter(
            f"no such column: {', '.join(map(repr, unknown))}; known: {', '.join(COLUMNS)}"
        )
    columns = tuple(_SPELLINGS[name] for name in names)
    if len(set(columns)) < len(columns):
        raise click.BadParameter("a column is named twice")
    return columns


def _complete_columns(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Give what `id,ti` may become: the columns named already, and one more, spelt alike."""
    named, comma, beginning = incomplete.rpartition(",")
    taken = {_SPELLINGS.get(each) for each in named.split(",")}
    spelt = _OURS if "_" in beginning else COLUMNS
    left = [each for each in spelt if each.startswith(beginning) and _SPELLINGS[each] not in taken]
    return [f"{named}{comma}{column}" for column in left]


columns_option = click.option(
    "--columns",
    callback=_read_columns,
    shell_complete=_complete_columns,
    metavar="NAME,...",
    help="Fields to give, by the vendor's names (callSchedule) or in snake_case (call_schedule).",
)
"""The option of every command that gives orders; None when it is not used."""
