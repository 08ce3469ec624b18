"""`liner-async fake-server`: a fake LINER in the foreground, to try things on."""

from __future__ import annotations

import shlex
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from liner_async.cli.console.exits import TerminatedError
from liner_async.cli.console.help_text import epilog
from liner_async.cli.console.running import run

if TYPE_CHECKING:
    from liner_async.testing import FakeLiner

__all__ = ["fake_server"]


@click.command(
    "fake-server",
    epilog=epilog("""
Examples:
  liner-async fake-server --port 8080
  liner-async fake-server --total 500 --rate-limit 20
  liner-async fake-server --sizes leads=10000,calls=50000
"""),
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=0,
    show_default=True,
    help="Port to listen on, on loopback; 0 takes a free one.",
)
@click.option(
    "--total",
    type=click.IntRange(min=0),
    default=12_345,
    show_default=True,
    help="Orders to serve.",
)
@click.option(
    "--sizes",
    metavar="NAME=COUNT,...",
    multiple=True,
    callback=lambda _, __, texts: _sizes(texts),
    help="Rows of the other lists, such as leads=10000,calls=50000.",
)
@click.option(
    "--latency",
    type=click.FloatRange(min=0, max=60),
    default=0.05,
    show_default=True,
    help="Seconds per answer.",
)
@click.option(
    "--api-key",
    default="fake-liner-key",
    show_default=True,
    help="The key that clients must send. It is printed: invent one.",
)
@click.option(
    "--rate-limit",
    type=click.FloatRange(min=0, min_open=True),
    help="Requests to serve per second; the rest get 429.  [default: no limit]",
)
def fake_server(
    *,
    port: int,
    total: int,
    sizes: dict[str, int],
    latency: float,
    api_key: str,
    rate_limit: float | None,
) -> None:
    """Serve a fake LINER until Ctrl-C.

    Prints the two variables that point the other commands, and LinerClient(), at this server.
    """
    from liner_async.testing import FakeLiner  # noqa: PLC0415 - slow to import

    try:
        server = FakeLiner(
            total,
            sizes=sizes,
            api_key=api_key,
            latency=latency,
            rate_limit=rate_limit,
            port=port,
        )
    except ValueError as error:  # its text names the resources
        text = str(error).removeprefix("sizes: ")
        raise click.BadParameter(text, param_hint="--sizes") from None
    # A signal is the ordinary end of a server.
    with suppress(KeyboardInterrupt, TerminatedError):
        run(server.serve_forever(on_ready=_print_variables))


def _sizes(texts: tuple[str, ...]) -> dict[str, int]:
    sizes = {}
    for text in ",".join(texts).split(",") if texts else ():
        name, _, count = text.partition("=")
        if not (count.isascii() and count.isdigit()):
            msg = f"{text!r} is not NAME=COUNT, such as leads=10000"
            raise click.BadParameter(msg)
        sizes[name.strip().replace("-", "_")] = int(count)
    return sizes


def _print_variables(server: FakeLiner) -> None:
    click.echo(f"export LINER_HOST={shlex.quote(server.url)}")
    click.echo(f"export LINER_API_KEY={shlex.quote(server.api_key)}")
