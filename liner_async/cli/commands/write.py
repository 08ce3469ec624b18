"""`liner-async leads create`, `update` and `submit`: one write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import click

from liner_async import ResponseError
from liner_async.cli.commands.writing import (
    Doubts,
    WriteCommand,
    dry_run_option,
    run_in_doubt,
)
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.console.text import write_out
from liner_async.cli.fields import Fields, body_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liner_async.cli.console.settings import Settings
    from liner_async.cli.resource import Resource

__all__ = ["Verb", "write_command"]

Verb: TypeAlias = Literal["create", "submit", "update"]

_FIELDS = (
    "Give each field as KEY=VALUE, by its snake_case name or the vendor's. Numbers, true, false, "
    "lists and objects are JSON; text needs no quotes."
)
_HELP: Mapping[Verb, str] = {
    "create": "Create one {noun}, and print its id.\n\n" + _FIELDS,
    "submit": "Let LINER create one {noun} later, and print its answer.\n\n"
    "LINER promises neither an id nor a {noun}. " + _FIELDS,
    "update": "Change fields of one {noun}.\n\n" + _FIELDS + " null clears a field; fields left "
    "out stay as they are.",
}
_IN_DOUBT = " Exit code 6 means that it may or may not have been done: check before you repeat it."


def write_command(resource: Resource, verb: Verb) -> click.Command:
    """Make the command that creates, submits or updates one item of a resource."""
    noun, fields = resource.noun.singular, resource.written_by(verb)

    @click.command(
        verb,
        cls=WriteCommand,
        fields=fields,
        help=_HELP[verb].format(noun=noun) + _IN_DOUBT,
        params=_parameters(verb, fields),
        epilog=epilog(_example(resource, verb), VARIABLES),
    )
    @click.pass_obj
    def write(
        settings: Settings,
        /,
        *,
        words: tuple[str, ...],
        dry_run: bool,
        item_id: int | None = None,
    ) -> None:
        given = Fields.of(fields).from_words(words)
        if dry_run:
            write_out(body_of(f"{resource.attribute}.{verb}", given))
            return
        doubts = Doubts()

        async def send() -> object:
            async with settings.connection(on_event=doubts) as liner:
                method = getattr(getattr(liner, resource.attribute), verb)
                return await method(*filter(None, [item_id]), **given)

        try:
            answer: Any = run_in_doubt(send(), doubts)
        except ResponseError:  # it was done; any other answer that cannot be read is a doubt
            click.echo(f"the {noun} was created, but the answer does not give its id", err=True)
            return
        if verb == "update":
            click.echo(f"{noun} {item_id} was changed", err=True)
        else:
            said = answer.data if verb == "submit" else answer
            write_out(json.dumps(said, ensure_ascii=False))

    return write


def _parameters(verb: Verb, fields: str) -> list[click.Parameter]:
    identifier = click.Argument(["item_id"], type=click.IntRange(min=1), metavar="ID")
    return [
        *([identifier] if verb == "update" else []),
        click.Argument(
            ["words"],
            nargs=-1,
            required=True,
            metavar="KEY=VALUE...",
            shell_complete=lambda _, __, incomplete: _complete(fields, incomplete),
        ),
        dry_run_option(),
    ]


def _example(resource: Resource, verb: Verb) -> str:
    identifier, example = ("42 ", resource.example_changes) if verb == "update" else ("", "")
    return f"""
Example:
  liner-async {resource.command} {verb} {identifier}{example or resource.example_fields}
"""


def _complete(fields: str, incomplete: str) -> list[str]:
    return [f"{name}=" for name in Fields.of(fields).names if name.startswith(incomplete)]
