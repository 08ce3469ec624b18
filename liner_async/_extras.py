"""The advice for a library that comes with an extra and is not installed."""

__all__ = ["needs_extra"]


def needs_extra(what: str, extra: str) -> str:
    """Return the advice; it is the same however the package was installed."""
    return (
        f'{what} needs the extra "{extra}": install the package with it, '
        f'as in pip install ".[{extra}]" from a checkout, or '
        f'pip install "PATH/TO/WHEEL[{extra}]"'
    )
