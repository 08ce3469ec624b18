"""What a client is configured with, checked before anything is sent (pure)."""

from __future__ import annotations

import math
import os
from ssl import SSLContext

from liner_async._transport.retry import RetryPolicy
from liner_async.errors import ConfigError

__all__ = ["check_concurrency", "check_settings", "given_or_variable"]

_MOST_CONCURRENCY = 128


def given_or_variable(given: str | None, variable: str, argument: str) -> str:
    """Return an argument, or the environment variable that stands in for it.

    Raises:
        ConfigError: there is neither, or it is empty.
    """
    value = os.environ.get(variable, "") if given is None else given
    if value == "":
        raise ConfigError(f"no {argument}: pass {argument}= or set the variable {variable}")
    return value


def check_settings(timeout: float, retry: object, ssl: object) -> None:
    """Raise ConfigError if a setting of single requests is of a wrong type or out of its range."""
    is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    if not is_number or not math.isfinite(timeout) or timeout <= 0:
        raise ConfigError("timeout must be seconds, more than 0")
    if not isinstance(retry, RetryPolicy):
        raise ConfigError("retry must be a RetryPolicy")
    if ssl is not None and not isinstance(ssl, SSLContext):
        raise ConfigError("ssl must be an ssl.SSLContext; verification has no off switch")


def check_concurrency(concurrency: object, most: object, lookahead: object) -> None:
    """Raise ConfigError if a number of requests or pages is of a wrong type or out of its range."""
    is_auto = isinstance(concurrency, str) and concurrency == "auto"
    if not is_auto and (type(concurrency) is not int or concurrency < 1):
        raise ConfigError('concurrency must be an integer of at least 1, or "auto"')
    if type(most) is not int or not 1 <= most <= _MOST_CONCURRENCY:
        raise ConfigError(f"max_concurrency must be an integer from 1 to {_MOST_CONCURRENCY}")
    if lookahead is not None and (type(lookahead) is not int or lookahead < 1):
        raise ConfigError("lookahead must be an integer of at least 1")
