"""The `liner-async` command, also as `python -m liner_async`; needs the extra "cli"."""

import sys
from importlib.util import find_spec

_USAGE_ERROR = 2


def main() -> None:
    """Run the command line and exit with its code; 2 where the extra is not installed."""
    if find_spec("click") is None or find_spec("rich") is None:
        advice = 'error: the command line needs an extra: pip install "liner-async[cli]"\n'
        sys.stderr.write(advice)
        sys.exit(_USAGE_ERROR)
    from liner_async.cli import cli  # noqa: PLC0415 - needs the extra

    cli(prog_name="liner-async")


if __name__ == "__main__":
    main()
