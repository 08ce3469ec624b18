"""The root of the command: global options, logging, and the commands below it."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from liner_async import __version__
from liner_async.cli.commands.completion import completion
from liner_async.cli.commands.demo import demo
from liner_async.cli.commands.doctor import doctor
from liner_async.cli.commands.fake_server import fake_server
from liner_async.cli.commands.resource import resource_group
from liner_async.cli.console.exits import CommandGroup
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.console.settings import Settings
from liner_async.cli.resources import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["cli"]


_EXAMPLES = """
Examples:
  liner-async demo
  liner-async doctor
  liner-async orders count
  liner-async --api-key-file key.txt orders export -o orders.jsonl
"""

_EXIT_CODES = """
ExitCode codes:
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
@click.option(
    "--host",
    envvar="LINER_HOST",
    show_envvar=True,
    metavar="URL",
    help="Where LINER is, such as https://liner.example.",
)
@click.option(
    "--api-key-file",
    type=click.Path(allow_dash=True, readable=False),
    metavar="FILE",
    help="File that holds the key, - for stdin; without it, LINER_API_KEY is the key.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds for one attempt of one request.",
)
@click.option(
    "--attempts",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="The most times a request is sent.",
)
@click.option(
    "--allow-insecure-http",
    is_flag=True,
    help="Send the key to another machine over plain http.",
)
@click.option("-v", "--verbose", count=True, help="Log to stderr: -v retries, -vv every request.")
@click.version_option(__version__, prog_name="liner-async")
@click.pass_context
def cli(
    ctx: click.Context,
    *,
    host: str | None,
    api_key_file: str | None,
    timeout: float,
    attempts: int,
    allow_insecure_http: bool,
    verbose: int,
) -> None:
    """Read a LINER installation's orders and other lists, many pages at once.

    Data goes to stdout, everything else to stderr. The key is never an option, because other
    users of the machine can see the options of a running program.
    """
    ctx.with_resource(_logging(verbose))
    ctx.obj = Settings(
        host=host,
        api_key_file=api_key_file,
        timeout=timeout,
        attempts=attempts,
        allow_insecure_http=allow_insecure_http,
        verbosity=verbose,
    )


@contextmanager
def _logging(verbosity: int) -> Iterator[None]:
    """Show the SDK's log on stderr while a command runs: INFO for 1, DEBUG for more."""
    if not verbosity:
        yield
        return
    logger = logging.getLogger("liner_async")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    level = logger.level
    logger.setLevel(logging.INFO if verbosity == 1 else logging.DEBUG)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


for command in (demo, doctor, *map(resource_group, RESOURCES), fake_server, completion):
    cli.add_command(command)
