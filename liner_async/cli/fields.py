"""Fields of a create or update, as they come from a command line or from a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import click
from attrs import frozen

import liner_async

__all__ = ["Fields", "body_of"]


@frozen
class Fields:
    """The fields that may be written somewhere.

    Attributes:
        names: our names, in the documented order, such as `order_id`.
        texts: those whose values are text, and need no quotes.
    """

    names: tuple[str, ...]
    texts: frozenset[str]

    @classmethod
    def of(cls, typed: str) -> Fields:
        """Return the fields of a typed dictionary, by its public name."""
        hints = get_type_hints(getattr(liner_async, typed))
        return cls(tuple(hints), frozenset(name for name, of in hints.items() if _takes_text(of)))

    @property
    def listed(self) -> str:
        """The names, for a message."""
        return ", ".join(self.names)

    def find(self, name: str) -> str:
        """Return our name of a field that goes by ours or by the vendor's.

        Raises:
            click.UsageError: there is no such field.
        """
        found = self.known(name)
        if found not in self.names:
            raise click.UsageError(f"no such field: {name!r}; known: {self.listed}")
        return found

    def known(self, name: str) -> str:
        """Return our name of a field; leave an unknown name as it is."""
        from liner_async._codec.kinds import camel_case  # noqa: PLC0415 - slow to import

        return next((each for each in self.names if name in (each, camel_case(each))), name)

    def from_words(self, words: Iterable[str]) -> dict[str, Any]:
        """Return the fields of `name=John priority=5 source_comment=null`.

        Raises:
            click.UsageError: a word is not KEY=VALUE, or its key is unknown or comes twice; no
                message holds a value.
        """
        fields: dict[str, Any] = {}
        for number, word in enumerate(words, 1):
            key, equals, text = word.partition("=")
            if not equals:
                raise click.UsageError(f"field {number} is not KEY=VALUE")
            name = self.find(key)
            if name in fields:
                raise click.UsageError(f"{name} is given twice")
            fields[name] = self._value(name, text)
        return fields

    def from_cells(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """Return the fields of a row of CSV, by our names; an empty cell is no field."""
        return {
            name: text if name in self.texts else _from_json(text)
            for name, text in cells.items()
            if text
        }

    def from_object(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of a JSON object; a name that is not known stays as it is."""
        return {self.known(name): value for name, value in row.items()}

    def _value(self, name: str, text: str) -> Any:
        """Return null as None, JSON as its value, and anything else in a text field as text."""
        if name not in self.texts or text == "null":
            return _from_json(text)
        quoted = _from_json(text) if text.startswith('"') else None
        return quoted if isinstance(quoted, str) else text


def body_of(endpoint: str, fields: Mapping[str, object]) -> str:
    """Return the body that would be sent, as JSON.

    Raises:
        ConfigError: a field is wrong or missing; the message holds no value.
    """
    return json.dumps(liner_async.request_body(endpoint, fields), ensure_ascii=False)


def _takes_text(hint: Any) -> bool:
    return hint is str or (get_origin(hint) in (Union, UnionType) and str in get_args(hint))


def _from_json(text: str) -> Any:
    """Return the value of JSON; leave text that is not JSON, such as a date, as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text
