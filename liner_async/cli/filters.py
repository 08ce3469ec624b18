"""Filters of lists: options of the command line, and the keyword arguments that they become."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, tzinfo
from enum import Enum, auto
from typing import Any, TypeAlias

import click
from attrs import frozen

__all__ = ["Chosen", "Filter", "FilterKind", "as_json", "choose"]

Chosen: TypeAlias = Mapping[str, Any]
"""The filters that were given, by the names of their options, as values of Python."""


class FilterKind(Enum):
    """What an option takes, and what its argument becomes."""

    CHOICE = auto()
    """One of a few words."""
    FLAG = auto()
    """Nothing: it is true, and its opposite is false."""
    IDENTIFIER = auto()
    """An identifier."""
    IDENTIFIERS = auto()
    """An identifier; the option may be repeated."""
    STATUSES = auto()
    """The identifier or the code of a status; the option may be repeated."""
    ALL = auto()
    """Nothing: it stands for all identifiers there are."""
    MOMENT = auto()
    """A date or a time, whose zone may be in an option of its own."""


@frozen(kw_only=True)
class Filter:
    """An option that narrows a list, and the keyword argument of its method.

    Attributes:
        name: the name of the argument.
        kind: what the option takes.
        help: what `--help` says of it.
        spelling: the option without its dashes, if that is not the name of the argument.
        opposite: the option that means false, without its dashes.
        choices: the words it takes.
        statuses: the client's attribute that knows the codes of the statuses.
        required: whether the list needs it.
    """

    name: str
    kind: FilterKind
    help: str
    spelling: str = ""
    opposite: str = ""
    choices: tuple[str, ...] = ()
    statuses: str = ""
    required: bool = False

    @property
    def option(self) -> str:
        """The option without its dashes."""
        return self.spelling or self.name.replace("_", "-")

    @property
    def parameter(self) -> str:
        """The name under which click hands the option over."""
        return self.option.replace("-", "_")


def choose(
    filters: Collection[Filter],
    given: Mapping[str, Any],
    *,
    one_of: Collection[str] = (),
) -> dict[str, Any]:
    """Return the filters that were given on a command line.

    Args:
        filters: those of the list.
        given: what click hands over, by parameter; `zone` is that of times that have none.
        one_of: the options of which one has to be given.

    Raises:
        click.UsageError: one is wrong, one is missing, or two contradict each other.
    """
    zone = given.get("zone")
    chosen: dict[str, Any] = {}
    for each in filters:
        value = given[each.parameter]
        if value is None or value == () or (each.kind is FilterKind.ALL and not value):
            continue
        if each.kind is FilterKind.MOMENT:
            value = _moment(each.option, value, zone)
        chosen[each.option] = "all" if each.kind is FilterKind.ALL else value
    if one_of and chosen.keys().isdisjoint(one_of):
        *most, last = (f"--{each}" for each in one_of)
        raise click.UsageError(f"give {', '.join(most)} or {last}")
    _refuse_contradictions(filters, chosen)
    return chosen


def as_json(chosen: Chosen) -> dict[str, Any]:
    """Return the filters as JSON values; times are in UTC."""
    return {option: _plain(value) for option, value in chosen.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _moment(option: str, text: str, zone: tzinfo | None) -> datetime:
    hint = f"'--{option}'"
    try:
        value = datetime.fromisoformat(text)
        if value.tzinfo is None and zone is None:
            raise click.BadParameter(
                f"{text!r} has no time zone: write {value.isoformat()}+03:00 (or Z for UTC), "
                "or add --zone Europe/Moscow",
                param_hint=hint,
            )
        return value.replace(tzinfo=value.tzinfo or zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{text!r} is neither a date, such as 2024-01-31, nor a time, "
            "such as 2024-01-31T09:00:00+03:00",
            param_hint=hint,
        ) from None


def _refuse_contradictions(filters: Collection[Filter], chosen: Chosen) -> None:
    taken: dict[str, str] = {}
    for each in filters:
        if each.option not in chosen:
            continue
        if (other := taken.setdefault(each.name, each.option)) != each.option:
            raise click.UsageError(f"--{other} and --{each.option} exclude each other")
    start, end = chosen.get("created-from"), chosen.get("created-to")
    if start is not None and end is not None and start >= end:
        raise click.UsageError("--created-from must be before --created-to")
