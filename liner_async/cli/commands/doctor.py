"""`liner-async doctor`: one request, and what it shows about host, TLS, key and clock."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

import liner_async
from liner_async import ConfigError, LinerError, RequestEvent
from liner_async.cli.commands.diagnosis import Finding, Mark, Probe, advice, findings, problem
from liner_async.cli.console.exits import CommandExit
from liner_async.cli.console.global_options import RemoteCommand
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.console.running import run
from liner_async.cli.console.text import say

if TYPE_CHECKING:
    from liner_async import LinerClient, LinerEvent
    from liner_async.cli.console.settings import Settings

__all__ = ["doctor"]

_EXAMPLE = """
Example:
  LINER_HOST=https://liner.example LINER_API_KEY=... liner-async doctor
"""

_PROXY_VARIABLES: Final = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
_TICKS: Final = {Mark.OK: "✓", Mark.WARNING: "!", Mark.FAILED: "✗", Mark.UNKNOWN: "-"}
_COLOURS: Final = {Mark.OK: "green", Mark.WARNING: "yellow", Mark.FAILED: "red"}


@click.command(cls=RemoteCommand, epilog=epilog(_EXAMPLE, VARIABLES))
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Check host, TLS, key and clock with one request.

    It asks for one order, without retries, and does not print it. Each problem comes with advice.
    """
    error = run(_examine(settings))
    if error is not None:
        is_https = _is_https(settings)
        text = f"{problem(error)}; {advice(error, is_https=is_https)}"
        raise CommandExit(text, CommandExit.of(error).code) from error


async def _examine(settings: Settings) -> LinerError | None:
    """Print each finding as soon as it is known; return what went wrong."""
    recorder = _Recorder()
    try:
        liner = settings.client(retry=liner_async.RetryPolicy.never(), on_event=recorder)
    except (CommandExit, ConfigError):
        _show(Finding("settings", Mark.FAILED, "no request can be sent"))
        raise
    _show(Finding("settings", Mark.OK, f"{settings.host}, the key from {settings.key_source}"))
    unused = [name for name in _PROXY_VARIABLES if os.environ.get(name)]
    if unused and settings.proxy is None:
        text = f"{unused[0]} is set and not used: pass --proxy if the host needs it"
        _show(Finding("proxy", Mark.WARNING, text))
    async with liner:
        with settings.notices().watching():
            total, error = await _ask(liner)
    is_https = _is_https(settings)
    probe = Probe(
        is_https=is_https,
        is_exposed=not is_https and settings.allow_insecure_http,  # otherwise it is loopback
        seconds=recorder.seconds,
        ahead=recorder.ahead,
        total=total,
        error=error,
    )
    for finding in findings(probe):
        _show(finding)
    return error


async def _ask(liner: LinerClient) -> tuple[int | None, LinerError | None]:
    try:
        page = await liner.orders.page(offset=0, limit=1)
    except LinerError as error:
        return None, error
    return page.total, None


class _Recorder:
    """Records how long the request took and what time the server has.

    Attributes:
        seconds: the time of the latest request.
        ahead: seconds by which the server's clock is ahead of ours; None until it sends a date.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.ahead: float | None = None

    def __call__(self, event: LinerEvent) -> None:
        if isinstance(event, RequestEvent):
            self.seconds = event.seconds
            if event.date is not None:
                self.ahead = (event.date - datetime.now(UTC)).total_seconds()


def _is_https(settings: Settings) -> bool:
    return (settings.host or "").strip().lower().startswith("https:")


def _show(finding: Finding) -> None:
    """Print a finding: with a coloured tick on a terminal, with a word elsewhere."""
    mark = finding.mark
    if sys.stdout.isatty() and (sys.stdout.encoding or "").lower().startswith("utf"):
        shown = click.style(_TICKS[mark], fg=_COLOURS.get(mark), bold=True)
    else:
        shown = f"{mark.value:<7}"
    say(f"{shown} {finding.name:<8}  {finding.text}")
