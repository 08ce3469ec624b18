"""The root of the command: global options, logging, and the commands below it."""

from __future__ import annotations

import click

from liner_async import __version__
from liner_async.cli.commands.completion import completion
from liner_async.cli.commands.demo import demo
from liner_async.cli.commands.doctor import doctor
from liner_async.cli.commands.fake_server import fake_server
from liner_async.cli.commands.resource import resource_group
from liner_async.cli.console.exits import CommandGroup
from liner_async.cli.console.global_options import global_options
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.resources import RESOURCES

__all__ = ["cli"]


_EXAMPLES = """
Examples:
  liner-async demo
  liner-async doctor
  liner-async orders count
  liner-async --api-key-file key.txt orders export -o orders.jsonl
"""

_EXIT_CODES = """
Exit codes:
  0    done
  1    the API, the network or the disk failed
  2    wrong use or settings
  4    the key is missing, wrong, or lacks a permission
  5    the list moved while it was read
  130  interrupted (Ctrl-C); 143 after SIGTERM
"""


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=epilog(_EXAMPLES, VARIABLES + "  NO_COLOR       if set, no colours", _EXIT_CODES),
)
@click.version_option(__version__, prog_name="liner-async")
def cli() -> None:
    """Read a LINER installation's orders and other lists, many pages at once.

    Data goes to stdout, everything else to stderr. The options below may also come after a command
    that asks a server. The key is never an option, because other users of the machine can see the
    options of a running program.
    """


cli.params[:0] = global_options()
for command in (demo, doctor, *map(resource_group, RESOURCES), fake_server, completion):
    cli.add_command(command)
