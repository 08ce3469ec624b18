"""The API key: masked wherever it might be shown (pure)."""

from __future__ import annotations

from typing import NoReturn

from liner_async.errors import ConfigError

__all__ = ["ApiKey"]

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
        """Return the headers that open the API: for one request, never to be kept."""
        return {
            "X-Api-Key": self.__value,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }

    def redact(self, text: str) -> str:
        """Return a text of the server's with the key masked, should it be in there."""
        return text.replace(self.__value, _MASK)
