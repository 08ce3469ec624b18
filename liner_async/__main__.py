"""The `liner-async` command, also as `python -m liner_async`; needs the extra "cli"."""

import os
import signal
import sys
from importlib.util import find_spec
from typing import NoReturn

from liner_async._extras import needs_extra

_USAGE_ERROR = 2
_INTERRUPTED = 130
_MESSAGE = b"error: interrupted\n"


def main() -> None:
    """Run the command line and exit with its code; 2 where the extra is not installed."""
    default = signal.getsignal(signal.SIGINT)
    if default is signal.default_int_handler:
        # An exception that is raised in the middle of an import may be lost or changed there.
        signal.signal(signal.SIGINT, _exit_at_once)
    if find_spec("click") is None or find_spec("rich") is None:
        sys.stderr.write(f"error: {needs_extra('the command line', 'cli')}\n")
        sys.exit(_USAGE_ERROR)
    from liner_async.cli import cli  # noqa: PLC0415 - needs the extra

    try:
        signal.signal(signal.SIGINT, default)
        cli(prog_name="liner-async")
    except KeyboardInterrupt:
        _exit_at_once()
    finally:
        if default is signal.default_int_handler:
            signal.signal(signal.SIGINT, _exit_at_once)


def _exit_at_once(*_: object) -> NoReturn:
    """Exit as an interrupted command does: nothing has been started that needs cleaning up."""
    os.write(sys.stderr.fileno(), _MESSAGE)
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
