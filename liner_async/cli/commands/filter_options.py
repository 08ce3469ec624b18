"""The options that narrow a list, made from its filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from liner_async.cli.filters import FilterKind, choose

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from liner_async.cli.filters import Filter
    from liner_async.cli.resource import Resource

__all__ = ["chosen", "filter_options"]

_IDENTIFIER = click.IntRange(min=1)


class _TimeType(click.ParamType):  # type: ignore[type-arg]  # generic in newer stubs only
    """A date or time as text; `choose` reads it, together with `--zone`."""

    name = "TIME"

    def get_missing_message(
        self,
        param: click.Parameter,
        ctx: click.Context | None = None,  # noqa: ARG002 - newer versions of click pass it
    ) -> str:
        """Return the advice for a time that is required and was not given."""
        return f"Give a day, such as {param.opts[0]} 2024-01-31 --zone Europe/Moscow"


_TIME = _TimeType()


def filter_options(resource: Resource) -> list[click.Option]:
    """Return an option for each filter, and one for the zone of times."""
    options = [_option(each) for each in resource.filters]
    if resource.has_period:
        options.insert(2, _zone_option())
    return options


def chosen(resource: Resource, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters that were given, by their options.

    Raises:
        click.UsageError: one is wrong, one is missing, or two contradict each other.
    """
    return choose(resource.filters, given, one_of=resource.one_of)


def _statuses(
    _: click.Context, __: click.Parameter, given: tuple[str, ...]
) -> tuple[int | str, ...]:
    """Return identifiers as integers, and codes as they are."""
    return tuple(int(each) if each.isdecimal() and int(each) else each for each in given)


def _zone(_: click.Context, __: click.Parameter, name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - slow to import

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # the name of a folder of zones is an OSError
        text = f"{name!r} is no time zone that this machine knows, such as Europe/Moscow"
        raise click.BadParameter(text) from None


def _option(filter_: Filter) -> click.Option:
    name = f"--{filter_.option}"
    extra: dict[str, Any] = {"help": filter_.help, "required": filter_.required}
    match filter_.kind:
        case FilterKind.CHOICE:
            extra["type"] = click.Choice(filter_.choices)
        case FilterKind.FLAG:
            name += f"/--{filter_.opposite}"
            extra["default"] = None
        case FilterKind.ALL:
            extra["is_flag"] = True
        case FilterKind.IDENTIFIER:
            extra |= {"type": _IDENTIFIER, "metavar": "ID"}
        case FilterKind.IDENTIFIERS:
            extra |= {"type": _IDENTIFIER, "metavar": "ID", "multiple": True}
        case FilterKind.STATUSES:
            extra |= {"callback": _statuses, "metavar": "ID|CODE", "multiple": True}
        case _:  # a moment
            extra |= {"type": _TIME, "metavar": "TIME"}
    return click.Option([name], **extra)


def _zone_option() -> click.Option:
    def complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
        from zoneinfo import available_timezones  # noqa: PLC0415 - slow to import

        return sorted(each for each in available_timezones() if each.startswith(incomplete))

    return click.Option(
        ["--zone"],
        callback=_zone,
        shell_complete=complete,
        metavar="ZONE",
        help="The time zone of dates and times that have none, such as Europe/Moscow.",
    )
