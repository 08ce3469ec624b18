"""The global options and variables, and the client that they configure."""

from __future__ import annotations

import os
import re
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from attrs import frozen

import liner_async
from liner_async import ConfigError
from liner_async.cli.console.exits import CommandExit, ExitCode
from liner_async.cli.console.notices import Notices

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from liner_async import LinerClient, LinerEvent, RetryPolicy

__all__ = ["Settings"]

_NO_KEY = "no API key: set LINER_API_KEY or give --api-key-file FILE"
_PATH_OF_THE_API = re.compile(
    r"/v2/(order|lead|call|user|lead-status|call-status|call-record|call-attempt|agent-group"
    r"|sip-endpoint|custom-field)(e?s|/list)?/?(?=\s*$)"
)
_LONGEST_KEY = 4096  # bytes; a file that holds more is not a key file


@frozen(kw_only=True)
class Settings:
    """The global options.

    Attributes:
        host: such as `https://liner.example`; None when neither the option nor the variable is set.
        api_key_file: the file that holds the key, "-" for stdin, None for LINER_API_KEY.
        timeout: seconds for one attempt.
        attempts: the most requests to send for one page, including the first.
        allow_insecure_http: whether the key may be sent to another machine over plain http.
        proxy: the HTTP proxy to go through, None for none.
        verbosity: the number of times `-v` was given.
    """

    host: str | None = None
    api_key_file: str | None = None
    timeout: float = 30.0
    attempts: int = 5
    allow_insecure_http: bool = False
    proxy: str | None = None
    verbosity: int = 0

    @asynccontextmanager
    async def connection(
        self,
        *,
        concurrency: int | Literal["auto"] = "auto",
        on_event: Callable[[LinerEvent], object] | None = None,
    ) -> AsyncIterator[LinerClient]:
        """Open a client; on a terminal, report silence and retries meanwhile.

        Raises:
            CommandExit: as in `client`.
            ConfigError: as in `client`.
        """
        notices = self.notices()

        def observe(event: LinerEvent) -> None:
            notices(event)
            if on_event is not None:
                on_event(event)

        async with self.client(concurrency=concurrency, on_event=observe) as liner:
            with notices.watching():
                yield liner

    def notices(self) -> Notices:
        """Return what reports silence and retries on a terminal, unless the log does so."""
        is_watched = not self.verbosity and sys.stderr.isatty()
        return Notices(self.host or "", attempts=self.attempts, is_watched=is_watched)

    def client(
        self,
        *,
        concurrency: int | Literal["auto"] = "auto",
        max_concurrency: int = 32,
        retry: RetryPolicy | None = None,
        on_event: Callable[[LinerEvent], object] | None = None,
    ) -> LinerClient:
        """Return a client; `retry` replaces the policy that `attempts` asks for.

        Raises:
            CommandExit: the host or the key is missing, or the key's file cannot be read.
            ConfigError: one of the settings is wrong.
        """
        host, key = self._host(), self._key()
        try:
            return liner_async.LinerClient(
                host,
                key,
                timeout=self.timeout,
                retry=retry or liner_async.RetryPolicy(attempts=self.attempts),
                concurrency=concurrency,
                max_concurrency=max_concurrency,
                allow_insecure_http=self.allow_insecure_http,
                proxy=self.proxy,
                on_event=on_event,
            )
        except ConfigError as error:
            text = str(error)
            if not text.startswith("api_key "):
                raise
            text = f"the API key in {self.key_source} {text.removeprefix('api_key ')}"
            raise CommandExit(text, ExitCode.USAGE) from None

    @property
    def key_source(self) -> str:
        """Where the key comes from, for people."""
        if self.api_key_file is None:
            return "LINER_API_KEY"
        return "stdin" if self.api_key_file == "-" else self.api_key_file

    def _host(self) -> str:
        if self.host is None:
            missing = ["no host: give --host or set LINER_HOST"]
            if self.api_key_file is None and not os.environ.get("LINER_API_KEY"):
                missing.append(_NO_KEY)
            raise CommandExit("; ".join(missing), ExitCode.USAGE)
        if found := _PATH_OF_THE_API.search(self.host):
            raise CommandExit(
                f"the host must not hold the API's path: leave {found[0]} out of it",
                ExitCode.USAGE,
            )
        return self.host

    def _key(self) -> str:
        if self.api_key_file is not None:
            return _read_key(self.api_key_file)
        key = os.environ.get("LINER_API_KEY")
        if not key:
            raise CommandExit(_NO_KEY, ExitCode.USAGE)
        return key


def _read_key(name: str) -> str:
    try:
        if name == "-":
            content = sys.stdin.buffer.read(_LONGEST_KEY)
        else:
            with Path(name).open("rb") as file:
                content = file.read(_LONGEST_KEY)
    except OSError as error:
        raise CommandExit(
            f"cannot read the API key from {name}: {error.strerror}", ExitCode.USAGE
        ) from None
    # Bytes that are not ASCII become characters that the client refuses without showing them.
    key = content.decode("ascii", "replace").strip()
    if not key:
        where = "stdin" if name == "-" else name
        raise CommandExit(f"no API key in {where}: it is empty", ExitCode.USAGE)
    return key
