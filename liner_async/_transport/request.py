"""What is sent, and to whom (pure): the host and the key, checked, and one request."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import SplitResult, urlencode, urlsplit

from attrs import field, frozen

from liner_async.errors import ConfigError

__all__ = ["ApiKey", "Request", "base_url"]

_MASK = "***"


class ApiKey:
    """The key, masked wherever an object is printed, logged or inspected; it does not pickle."""

    __slots__ = ("__value",)

    def __init__(self, value: object) -> None:
        if not isinstance(value, str):
            raise ConfigError(f"api_key must be a string, not {type(value).__name__}")
        key = value.removesuffix("\n").removesuffix("\r")
        if not key or not all("!" <= character <= "~" for character in key):
            raise ConfigError(
                "api_key must be printable ASCII without blanks (its value is not shown)"
            )
        self.__value = key

    def __repr__(self) -> str:
        return f"<ApiKey {_MASK}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an API key is not pickled: pass the name of its variable instead")

    def headers(self) -> dict[str, str]:
        """Give the headers of a request, the key among them: for one call, never to be kept."""
        return {
            "X-Api-Key": self.__value,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }

    def redact(self, text: str) -> str:
        """Give a text of the server's with the key masked, should it be in there."""
        return text.replace(self.__value, _MASK)


@frozen
class Request:
    """One GET: the path below the host, and the query."""

    path: str
    query: Mapping[str, int] = field(factory=dict)

    def __str__(self) -> str:
        """Give the request as the log shows it."""
        return " ".join(("GET", self.path, *(f"{name}={of}" for name, of in self.query.items())))

    def url(self, base: str) -> str:
        """Give the whole URL. A path that the host has of its own is kept in front."""
        return f"{base}{self.path}?{urlencode(self.query)}" if self.query else base + self.path


def base_url(host: object, *, allow_insecure_http: bool = False) -> str:
    """Check a host such as `https://liner.example` or `https://proxy.example/liner`.

    Raises:
        ConfigError: not an http(s) URL, or one with user information, a query or a fragment, or
            plain http to another machine without `allow_insecure_http`.
    """
    if not isinstance(host, str):
        raise ConfigError(f"host must be a string, not {type(host).__name__}")
    text = host.strip()
    if any(character <= " " or character in '\\"<>^`{|}\x7f' for character in text):
        raise ConfigError("host has a blank or a character that no URL holds")
    parts = _split(text)
    if parts is None:
        raise ConfigError("host is not a URL; expected one such as https://liner.example")
    name, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    if parts.scheme not in ("http", "https"):
        raise ConfigError("host must start with https://, as in https://liner.example")
    if "@" in parts.netloc:
        raise ConfigError("host must not hold a user name or password")
    if "?" in text or "#" in text:
        raise ConfigError("host must not hold a query or a fragment")
    if not name or any(not label for label in name.removesuffix(".").split(".")):
        raise ConfigError("host names no machine; expected a URL such as https://liner.example")
    if parts.scheme == "http" and not allow_insecure_http and not _is_loopback(name):
        raise ConfigError(
            "plain http would show the API key to the network: use https, or pass "
            "allow_insecure_http=True"
        )
    address = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{address}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _split(text: str) -> SplitResult | None:
    """Split a URL; None where it is none. What is wrong with it may be part of a password."""
    try:
        parts = urlsplit(text)
        (parts.hostname or "").encode("idna")
        has_port = parts.port != 0
    except ValueError:
        return None
    return parts if has_port else None


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
