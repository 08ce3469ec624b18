"""The host, checked before anything is sent there (pure)."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from liner_async.errors import ConfigError

__all__ = ["base_url", "proxy_url"]


def base_url(host: object, *, allow_insecure_http: bool = False) -> str:
    """Return the checked form of a host such as `https://liner.example` or `https://proxy.example/liner`.

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


def proxy_url(proxy: object, *, base: str, allow_insecure_http: bool = False) -> str | None:
    """Return the checked URL of a proxy, which may hold a user name and a password; None for None.

    Raises:
        ConfigError: not an http(s) URL, or plain http would show the API key to the proxy. The text
            never quotes the URL.
    """
    if proxy is None:
        return None
    parts = _split(proxy) if isinstance(proxy, str) else None
    if not isinstance(proxy, str) or parts is None or not parts.hostname:
        raise ConfigError("proxy must be a URL such as http://proxy.example:3128")
    if parts.scheme not in ("http", "https"):
        raise ConfigError("proxy must start with http:// or https://")
    if base.startswith("http:") and not allow_insecure_http:
        raise ConfigError(
            "over plain http the proxy would see the API key: use https, or pass "
            "allow_insecure_http=True"
        )
    return proxy


def _split(text: str) -> SplitResult | None:
    """Return the parts of a URL, or None: what is wrong with it may be part of a password."""
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
