"""How a command ends: exit codes, and one line on stderr for what went wrong."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from enum import IntEnum
from typing import Any, NoReturn

import click

from liner_async import (
    AuthError,
    ConfigError,
    LinerError,
    OutcomeUnknownError,
    PagingDriftError,
    TransportError,
)

__all__ = ["CommandExit", "CommandGroup", "ExitCode", "TerminatedError"]


class ExitCode(IntEnum):
    """The exit codes; scripts rely on them."""

    OK = 0
    FAILED = 1
    """The API, the network or the disk failed."""
    USAGE = 2
    """An argument, a variable or a file that was given is wrong."""
    AUTH = 4
    """The key is missing, wrong, or lacks a permission."""
    DRIFT = 5
    """The list moved while it was read, and that was not acceptable."""
    UNKNOWN = 6
    """A write was sent, and no answer tells whether it was carried out."""
    INTERRUPTED = 130
    """128 + SIGINT, as shells count."""
    TERMINATED = 143
    """128 + SIGTERM."""


class TerminatedError(BaseException):
    """SIGTERM came; the work in progress has been cleaned up."""


class CommandExit(click.ClickException):
    """The end of a command: a message of one line, and an exit code."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.code = code

    @classmethod
    def of(cls, error: LinerError, *, advice: str = "") -> CommandExit:
        """Translate an error of the SDK; `advice` is what to do next, if the command knows."""
        match error:
            case AuthError():
                code, advice = ExitCode.AUTH, "check LINER_API_KEY or --api-key-file"
            case ConfigError():
                code, advice = ExitCode.USAGE, ""
            case PagingDriftError():
                code = ExitCode.DRIFT
            case OutcomeUnknownError():
                code = ExitCode.UNKNOWN
            case TransportError():
                code = ExitCode.FAILED
                advice = "; ".join(
                    filter(None, [advice, "to find out why, run liner-async doctor"])
                )
            case _:
                code = ExitCode.FAILED
        # The SDK speaks of its arguments, the command line has options.
        text = str(error).replace("allow_insecure_http=True", "--allow-insecure-http")
        notes = getattr(error, "__notes__", [])
        return cls("; ".join(filter(None, [text, *notes, advice])), code)


class CommandGroup(click.Group):
    """A group whose commands end by these rules; without a command, it shows its help."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Treat an empty command line as `--help`."""
        try:
            return super().parse_args(ctx, args or ["--help"])
        except BrokenPipeError:  # nobody reads the help
            _exit_unread(ctx)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments; an interruption of that ends as one of the command does."""
        try:
            return super().make_context(*args, **extra)
        except KeyboardInterrupt:
            raise CommandExit("interrupted", ExitCode.INTERRUPTED) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; translate what it raises into a CommandExit."""
        try:
            return super().invoke(ctx)
        except LinerError as error:
            raise CommandExit.of(error) from error
        except BrokenPipeError:
            _exit_unread(ctx)
        except KeyboardInterrupt:
            raise CommandExit("interrupted", ExitCode.INTERRUPTED) from None
        except TerminatedError:
            raise CommandExit("terminated", ExitCode.TERMINATED) from None
        except OSError as error:
            raise CommandExit(_reason(error)) from error

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run as a program: report an error in one line on stderr, then exit."""
        extra["standalone_mode"] = False
        try:
            code = super().main(*args, **extra) or ExitCode.OK
        except click.Abort:
            code = ExitCode.INTERRUPTED
            _report(click.ClickException("interrupted"))
        except click.ClickException as error:
            code = error.code if isinstance(error, CommandExit) else error.exit_code
            _report(error)
        sys.exit(code)


def _report(error: click.ClickException) -> None:
    text = " ".join(error.format_message().split())
    text = text.replace("a valid integer range", "a valid integer")  # as click calls its type
    if isinstance(error, click.UsageError) and error.ctx is not None:
        text = f"{text.removesuffix('.')} (see {error.ctx.command_path} --help)"
    colour = False if os.environ.get("NO_COLOR") else None
    click.echo(click.style("error:", fg="red", bold=True) + " " + text, err=True, color=colour)


def _reason(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason


def _exit_unread(ctx: click.Context) -> NoReturn:
    """Exit with 0: the reader of our output has had enough, as `head` does."""
    # Keep the interpreter from flushing into the closed pipe when it ends.
    with suppress(io.UnsupportedOperation, OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    ctx.exit(ExitCode.OK)
