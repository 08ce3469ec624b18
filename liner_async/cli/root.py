"""The root of the command: global options, logging, and the commands below it."""

from __future__ import annotations

from functools import partial
from importlib import import_module

import click

from liner_async import __version__
from liner_async.cli.commands.resource import resource_group
from liner_async.cli.console.exits import CommandGroup
from liner_async.cli.console.global_options import global_options
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.console.lazy import LazyCommands
from liner_async.cli.resources import RESOURCES

__all__ = ["cli"]


_EXAMPLES = """
Examples:
  liner-async demo
  liner-async doctor
  liner-async orders count
  liner-async --api-key-file key.txt orders export -o orders.jsonl
  liner-async leads export -o leads.csv --created-from 2024-01-01 --zone Europe/Moscow
"""

_EXIT_CODES = """
Exit codes:
  0    done
  1    the API, the network or the disk failed
  2    wrong use or settings
  4    the key is missing, wrong, or lacks a permission
  5    the list moved while it was read
  6    a write was sent, and may have been carried out or not
  130  interrupted (Ctrl-C); 143 after SIGTERM
"""


_OTHERS = ("completion", "demo", "doctor", "fake_server")


def _command(module: str) -> click.Command:
    """Import a command, when it is used or its help is asked for."""
    command: click.Command = getattr(import_module(f"liner_async.cli.commands.{module}"), module)
    return command


class _Root(CommandGroup):
    """The root, whose help shows what there is to list apart from the other commands."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write two sections: the resources in the order of their table, and the rest."""
        resources = {each.command: each.summary for each in RESOURCES}
        with formatter.section("Lists, each with count, get, list and export"):
            formatter.write_dl([*resources.items()])
        others = [name for name in self.list_commands(ctx) if name not in resources]
        with formatter.section("Other commands"):
            formatter.write_dl(
                [(name, self.commands[name].get_short_help_str(80)) for name in others]
            )


@click.group(
    cls=_Root,
    commands=LazyCommands(
        {
            **{each.command: partial(resource_group, each) for each in RESOURCES},
            **{each.replace("_", "-"): partial(_command, each) for each in _OTHERS},
        }
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=epilog(_EXAMPLES, VARIABLES + "  NO_COLOR       if set, no colours", _EXIT_CODES),
)
@click.version_option(__version__, prog_name="liner-async")
def cli() -> None:
    """Read, export and write the orders, leads, calls and other lists of LINER.

    Data goes to stdout, everything else to stderr. The options below may also come after a command
    that asks a server. The key is never an option, because other users of the machine can see the
    options of a running program.
    """


cli.params[:0] = global_options()
