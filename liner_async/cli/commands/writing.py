"""What the commands that write have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from liner_async import WriteEvent
from liner_async.cli.console.exits import CommandExit, ExitCode, TerminatedError
from liner_async.cli.console.global_options import RemoteCommand
from liner_async.cli.console.running import run
from liner_async.cli.fields import Fields

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from liner_async import LinerEvent

__all__ = ["Doubts", "WriteCommand", "dry_run_option", "run_in_doubt"]

T = TypeVar("T")


class WriteCommand(RemoteCommand):
    """A command that writes fields, whose help names them.

    Attributes:
        fields: the public name of the typed dictionary that has them.
    """

    def __init__(self, *args: Any, fields: str, **extra: Any) -> None:
        super().__init__(*args, **extra)
        self.fields = fields

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the names of the fields, which take a while to import, before the epilog."""
        with formatter.section("Fields"):
            formatter.write_text(", ".join(Fields.of(self.fields).names))
        super().format_epilog(ctx, formatter)


class Doubts:
    """Counts the writes whose outcome is unknown."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, event: LinerEvent) -> None:
        """Record a write that has ended."""
        if isinstance(event, WriteEvent) and event.outcome == "unknown":
            self.count += 1


def run_in_doubt(main: Coroutine[None, None, T], doubts: Doubts) -> T:
    """Run a coroutine that writes.

    Raises:
        CommandExit: it was interrupted, and the outcome of a write under way is unknown.
        KeyboardInterrupt: SIGINT came, and nothing is in doubt.
        TerminatedError: the same, for SIGTERM.
    """
    try:
        return run(main)
    except (KeyboardInterrupt, TerminatedError):
        if doubts.count:
            raise CommandExit(
                "interrupted, and no answer tells whether what was sent was carried out: "
                "look before you send it again",
                ExitCode.UNKNOWN,
            ) from None
        raise


def dry_run_option() -> click.Option:
    """Return the option that sends nothing."""
    return click.Option(
        ["--dry-run"],
        is_flag=True,
        help="Check everything, print what would be sent, and send nothing. Needs no host or key.",
    )
