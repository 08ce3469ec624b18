"""Requests as they come in: bytes to method, path, query and headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, unquote

from attrs import frozen
from multidict import CIMultiDict

__all__ = ["BadRequestError", "Incoming"]

_REQUEST_LINE_WORDS: Final = 3


class BadRequestError(ValueError):
    """The bytes are no HTTP request."""


@frozen(kw_only=True)
class Incoming:
    """One request; `body_length` bytes follow its head, which nobody reads.

    `path` is decoded; of a parameter that `query` holds twice, the first counts.
    """

    method: str
    target: str
    path: str
    query: Mapping[str, str]
    headers: CIMultiDict[str]
    keep_alive: bool
    body_length: int

    @classmethod
    def parse(cls, head: bytes) -> Incoming:
        """Read the request line and headers, without the empty line behind them.

        Raises:
            BadRequestError: They are no HTTP/1 request.
        """
        first, *rest = head.decode("latin-1").split("\r\n")
        words = first.split(" ")
        if len(words) != _REQUEST_LINE_WORDS or not words[2].startswith("HTTP/1."):
            raise BadRequestError("this is no HTTP/1 request")
        method, target, version = words
        headers = CIMultiDict([_field(line) for line in rest])
        path, _, query = target.partition("?")
        return cls(
            method=method,
            target=target,
            path=unquote(path),
            query=dict(reversed(parse_qsl(query, keep_blank_values=True))),
            headers=headers,
            keep_alive=_keeps_alive(version, headers),
            body_length=_body_length(headers),
        )


def _field(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise BadRequestError("this is no header")
    return name, value.strip(" \t")


def _keeps_alive(version: str, headers: Mapping[str, str]) -> bool:
    # What cannot be skipped with a length is left unread, and the connection with it.
    if "transfer-encoding" in headers or "expect" in headers:
        return False
    wish = headers.get("connection", "").lower()
    return wish == "keep-alive" if version == "HTTP/1.0" else wish != "close"


def _body_length(headers: Mapping[str, str]) -> int:
    text = headers.get("content-length", "0")
    if not (text.isascii() and text.isdigit()):
        raise BadRequestError("Content-Length is no number")
    return 0 if "expect" in headers else int(text)
