"""`liner-async doctor`: host, TLS, key and clock by one request, and which lists can be read."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import click
from attrs import evolve, frozen

import liner_async
from liner_async import AuthError, ConfigError, LinerError, NotFoundError, RequestEvent
from liner_async.cli.commands.access import note_path, read_lists
from liner_async.cli.commands.diagnosis import Finding, Mark, Probe, advice, findings, problem
from liner_async.cli.commands.load import probe_load
from liner_async.cli.console.exits import CommandExit
from liner_async.cli.console.global_options import RemoteCommand
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.console.running import run
from liner_async.cli.console.text import say
from liner_async.cli.resources import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liner_async import LinerClient, LinerEvent
    from liner_async.cli.commands.access import Access
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
@click.option("--probe", is_flag=True, help="Also read orders for five seconds, to see the load.")
@click.pass_obj
def doctor(settings: Settings, probe: bool) -> None:
    """Check host, TLS, key and clock, and which lists the key may read.

    It asks for one order, then for one item of each other list, without retries, and prints none of
    them. Each problem comes with advice. A list that the key may not read is only a warning.

    With --probe it also reads orders for five seconds, if the key may read them, and shows how many
    requests at once the host can take.
    """
    trouble = run(_examine(settings, probes_load=probe))
    if trouble is not None:
        text = trouble.text(is_https=_is_https(settings))
        raise CommandExit(text, CommandExit.of(trouble.error).code) from trouble.error


@frozen
class _Trouble:
    """What went wrong first, and with which list other than orders."""

    error: LinerError
    resource: str | None = None

    def text(self, *, is_https: bool) -> str:
        """Return what it is, and what to do about it."""
        if self.resource is None:
            return f"{problem(self.error)}; {advice(self.error, is_https=is_https)}"
        if isinstance(self.error, NotFoundError):
            hint = "this installation may not have it"
        else:
            hint = advice(self.error, is_https=is_https, of=self.resource)
        return f"{self.resource}: {problem(self.error)}; {hint}"


async def _examine(settings: Settings, *, probes_load: bool) -> _Trouble | None:
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
            probe = await _ask(liner, settings, recorder)
            if probe.error is None:
                _show_all(findings(probe))
            lists: tuple[Access, ...] = ()
            if probe.error is None or _is_forbidden(probe.error):
                lists = await read_lists(liner, RESOURCES[1:], order_id=probe.order_id)
    if probe.error is not None:
        probe = evolve(probe, reads_others=any(each.total is not None for each in lists))
        _show_all(findings(probe))
    if probe.error is None or probe.reads_others:
        _show_lists(lists)
    trouble = _first_trouble(probe, lists)
    if probes_load and probe.error is None:
        try:
            _show(await probe_load(settings))
        except LinerError as error:
            _show(Finding("load", Mark.FAILED, problem(error)))
            trouble = trouble or _Trouble(error)
    return trouble


async def _ask(liner: LinerClient, settings: Settings, recorder: _Recorder) -> Probe:
    """Ask for one order."""
    page, error = None, None
    try:
        page = await liner.orders.page(offset=0, limit=1)
    except LinerError as raised:
        error = raised
    is_https = _is_https(settings)
    return Probe(
        is_https=is_https,
        is_exposed=not is_https and settings.allow_insecure_http,  # otherwise it is loopback
        seconds=recorder.seconds,
        ahead=recorder.ahead,
        total=None if page is None else page.total,
        order_id=page[0].id if page else None,
        error=error,
    )


def _is_forbidden(error: LinerError) -> bool:
    """Return whether the key is known, and may not read this list."""
    return isinstance(error, AuthError) and error.status == HTTPStatus.FORBIDDEN


def _first_trouble(probe: Probe, lists: Iterable[Access]) -> _Trouble | None:
    if probe.error is not None and not probe.reads_others:
        return _Trouble(probe.error)
    failed = (each for each in lists if each.error is not None and not each.is_refused)
    return next(
        (_Trouble(each.error, each.resource.command) for each in failed if each.error), None
    )


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
            note_path(event)
            self.seconds = event.seconds
            if event.date is not None:
                self.ahead = (event.date - datetime.now(UTC)).total_seconds()


def _is_https(settings: Settings) -> bool:
    return (settings.host or "").strip().lower().startswith("https:")


def _show_all(found: Iterable[Finding]) -> None:
    for each in found:
        _show(each)


def _show_lists(lists: Iterable[Access]) -> None:
    """Print the result for each list, in columns."""
    width = max(len(each.resource.command) for each in lists)
    widest = max(len(each.path) for each in lists)
    for each in lists:
        finding = each.finding()
        text = f"{each.path:<{widest}}  {finding.text}"
        _show(evolve(finding, text=text), width=width)


def _show(finding: Finding, *, width: int = 8) -> None:
    """Print a finding: with a coloured tick on a terminal, with a word elsewhere."""
    mark = finding.mark
    if sys.stdout.isatty() and (sys.stdout.encoding or "").lower().startswith("utf"):
        shown = click.style(_TICKS[mark], fg=_COLOURS.get(mark), bold=True)
    else:
        shown = f"{mark.value:<7}"
    say(f"{shown} {finding.name:<{width}}  {finding.text}")
