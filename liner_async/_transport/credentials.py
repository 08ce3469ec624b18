"""The API key: masked wherever it might be shown (pure)."""

from __future__ import annotations

import re
from typing import NoReturn

from liner_async.errors import ConfigError

__all__ = ["ApiKey"]

_MASK = "***"
_MAY_BE_A_WORD = re.compile("[A-Za-z]{1,7}")
_AFTER_A_SIGN = r"(?<=[^\sA-Za-z0-9])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrt])"
_AFTER_A_NAME = r"(?<=[=:]\s)|(?<=[=:]\s\s)|(?<=[Kk]ey\s)|(?<=[Tt]oken\s)"
_AS_A_VALUE = (
    rf"(?:{_AFTER_A_SIGN}|{_AFTER_A_NAME})KEY(?![A-Za-z0-9])"
    rf"|(?:{_AFTER_A_SIGN}|(?<![A-Za-z0-9]))KEY(?=[^\sA-Za-z0-9.,;!?)])"
)


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
        """Return a text from the server with the key masked, if the text holds it.

        A short key of letters alone may be an ordinary word of the text. It is masked where it
        stands as a value: in quotes, in a URL, next to a sign as in `key=wrong`, or alone. Any
        other key is masked wherever it is found.
        """
        if not _MAY_BE_A_WORD.fullmatch(self.__value):
            return text.replace(self.__value, _MASK)
        if text.strip() == self.__value:
            return _MASK
        return re.sub(_AS_A_VALUE.replace("KEY", self.__value), _MASK, text)
