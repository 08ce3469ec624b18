"""What the answer to a write says (pure)."""

from __future__ import annotations

from typing import Any

from liner_async._transport.credentials import ApiKey
from liner_async._transport.envelope import Response, check_found, read_envelope
from liner_async._transport.request import WRITTEN
from liner_async.errors import ResponseError

__all__ = ["read_identifier", "read_updated", "read_written"]


def read_written(response: Response, key: ApiKey) -> Any:
    """Return the `data` of an answer that says that it was done; None where there is none.

    Raises:
        StatusError, ApiError, ResponseError: see `read_envelope`.
    """
    return read_envelope(response, key, accepted=WRITTEN).get("data")


def read_updated(response: Response, key: ApiKey) -> Any:
    """Return the `data` of an answer that says that an object was changed.

    Raises:
        NotFoundError: there is no such object.
        StatusError, ApiError, ResponseError: see `read_envelope`.
    """
    check_found(response, key)
    return read_written(response, key)


def read_identifier(response: Response, key: ApiKey) -> int:
    """Return the identifier of what was created: `{"id": 5}`, `5` or `"5"`.

    Raises:
        StatusError, ApiError, ResponseError: see `read_envelope`; also where there is none: then
            its `outcome` is "done".
    """
    data = read_written(response, key)
    found = data.get("id") if isinstance(data, dict) else data
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 20:
        found = int(found)
    if type(found) is int and found > 0:
        return found
    error = ResponseError(
        "created, but the answer does not give its identifier",
        status=response.status,
        reason="shape",
    )
    error.outcome = "done"
    raise error
