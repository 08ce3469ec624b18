"""Requests as they come in: bytes to method, path, query and headers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import parse_qsl, unquote

from attrs import field, frozen
from multidict import CIMultiDict

__all__ = ["BadRequestError", "Incoming", "Query"]

_REQUEST_LINE_WORDS: Final = 3
_INDEX: Final = re.compile(r"\[([0-9]{0,9})\]")


class BadRequestError(ValueError):
    """The bytes are no HTTP request."""


@frozen
class Query:
    """The variables of a query string, decoded, in the order in which they came."""

    variables: tuple[tuple[str, str], ...] = ()

    def scalar(self, name: str) -> list[str]:
        """Return the value of a variable in a list, or no value; of two, the first counts."""
        return [value for key, value in self.variables if key == name][:1]

    def array(self, name: str) -> list[str]:
        """Return the values of `name[]` and `name[0]`, by their indices as PHP gives them."""
        values: dict[int, str] = {}
        for key, value in self.variables:
            index = _INDEX.fullmatch(key.removeprefix(name)) if key.startswith(name) else None
            if index is not None:
                values[int(index[1]) if index[1] else max(values, default=-1) + 1] = value
        return [values[index] for index in sorted(values)]

    def limited(self, most: int, *, without: Collection[str] = ()) -> Query:
        """Return what is left of the first `most` variables without those of these names."""
        kept = self.variables[:most]
        return Query(tuple(each for each in kept if each[0].partition("[")[0] not in without))


@frozen(kw_only=True)
class Incoming:
    """One request; a body of `body_length` bytes follows its head. `path` is decoded."""

    method: str
    target: str
    path: str
    query: Query
    headers: CIMultiDict[str]
    keep_alive: bool
    body_length: int
    body: bytes = field(default=b"", repr=False)

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
            query=Query(tuple(parse_qsl(query, keep_blank_values=True))),
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
