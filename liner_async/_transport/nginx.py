"""What nginx says by itself, before LINER has seen a request (pure)."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["meaning_of_400"]

_MEANINGS: Mapping[bytes, str] = {
    b"No required SSL certificate was sent": (
        "the server requires a client certificate; give one by ssl="
    ),
    b"The SSL certificate error": "the server did not accept the client certificate of ssl=",
    b"The plain HTTP request was sent to HTTPS port": (
        "this port speaks HTTPS; write https:// in the host"
    ),
}


def meaning_of_400(body: bytes) -> str:
    """Return what one of nginx's own pages of HTML means, "" for any other body."""
    found = (meaning for text, meaning in _MEANINGS.items() if text in body)
    return next(found, "") if body.startswith(b"<html>") else ""
