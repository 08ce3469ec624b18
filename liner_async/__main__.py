"""The `liner-async` command, also as `python -m liner_async`; needs the extra "cli"."""

import sys

_USAGE_ERROR = 2


def main() -> None:
    """Run the command line and leave with its exit code; 2 where click is not installed."""
    try:
        from liner_async.cli import cli  # noqa: PLC0415 - click is an extra
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        advice = 'error: the command line needs an extra: pip install "liner-async[cli]"\n'
        sys.stderr.write(advice)
        sys.exit(_USAGE_ERROR)
    cli(prog_name="liner-async")


if __name__ == "__main__":
    main()
