"""The global options: taken before the command and after it."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve
from click.core import ParameterSource

from liner_async.cli.console.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["RemoteCommand", "global_options"]


def global_options() -> list[click.Option]:
    """Return the options; each that is given changes the Settings of its context."""
    return [
        _option(
            "--host",
            envvar="LINER_HOST",
            show_envvar=True,
            metavar="URL",
            help="Where LINER is, such as https://liner.example.",
        ),
        _option(
            "--api-key-file",
            type=click.Path(allow_dash=True, readable=False),
            metavar="FILE",
            help="File that holds the key, - for stdin; without it, LINER_API_KEY is the key.",
        ),
        _option(
            "--timeout",
            type=click.FloatRange(min=0, min_open=True),
            default=30.0,
            show_default=True,
            help="Seconds for one attempt of one request.",
        ),
        _option(
            "--attempts",
            type=click.IntRange(min=1),
            default=5,
            show_default=True,
            help="The most times a request is sent.",
        ),
        _option(
            "--proxy",
            metavar="URL",
            help="HTTP proxy to go through, such as http://proxy.example:3128.",
        ),
        _option(
            "--allow-insecure-http",
            is_flag=True,
            help="Send the key to another machine over plain http.",
        ),
        _option(
            "-v",
            "--verbose",
            "verbosity",
            count=True,
            help="Log to stderr: -v retries, -vv every request.",
        ),
    ]


class RemoteCommand(click.Command):
    """A command that asks a server: it takes the global options too."""

    def __init__(self, *args: Any, **extra: Any) -> None:
        super().__init__(*args, **extra)
        self.params += global_options()

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; with `-v`, show the log meanwhile."""
        with _log_on_stderr(ctx.ensure_object(Settings).verbosity):
            return super().invoke(ctx)


def _option(*names: str, **extra: Any) -> click.Option:
    return click.Option(names, expose_value=False, callback=_change_settings, **extra)


def _change_settings(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Put a value into the settings; after the command, only one that was given there counts."""
    name = parameter.name or ""
    settings = ctx.ensure_object(Settings)
    is_given = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    if not is_given and ctx.parent is not None:
        return
    if name == "verbosity":
        value += settings.verbosity
    ctx.obj = evolve(settings, **{name: value})


@contextmanager
def _log_on_stderr(verbosity: int) -> Iterator[None]:
    """Show the SDK's log while a command runs: INFO for 1, DEBUG for more."""
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
