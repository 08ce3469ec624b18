"""Custom fields: what `GET /v2/custom-field/` lists (`/devs/api/v2/custom-field/list/`)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from liner_async._codec.unstructure import JsonValue
from liner_async.models.model import IDENTIFIER, SHOWN, Model

__all__ = ["CustomField", "CustomFieldOption", "CustomFieldType", "Essence"]


class CustomFieldType(StrEnum):
    """The documented types of a custom field; how each is written as a value is not documented."""

    STRING = "string"
    INT = "int"
    FLOAT = "float"
    DATE = "date"
    DATETIME = "datetime"
    BOOL = "bool"
    SELECT = "select"
    MULTISELECT = "multiselect"


class Essence(StrEnum):
    """What custom fields belong to."""

    LEADS = "leads"
    ORDERS = "orders"


@frozen(kw_only=True)
class CustomFieldOption(Model):
    """A choice that a custom field offers. Each field is None where the vendor sends nothing."""

    code: str | None = field(default=None, metadata=SHOWN)
    """Code of the choice."""
    title: str | None = field(default=None, metadata=SHOWN)
    """Name of the choice."""
    sort: int | None = field(default=None, metadata=SHOWN)
    """Place of the choice among the others."""
    extra: Mapping[str, JsonValue] = field(factory=dict, hash=False)
    """Fields this version does not know, by the vendor's name."""


@frozen(kw_only=True)
class CustomField(Model):
    """A field that an installation adds to its leads or orders; `custom_values` refers to its id.

    `id` and `title` are required; `params` is never None. Other fields are None where the vendor
    sends null or nothing.
    """

    id: int = field(metadata=IDENTIFIER)
    """Identifier of the field, greater than 0: the key in `custom_values`."""
    title: str = field(metadata=SHOWN)
    """Name of the field."""
    type: CustomFieldType | str | None = field(default=None, metadata=SHOWN)
    """What its values are; a type the vendor added later stays text."""
    essence: Essence | str | None = field(default=None, metadata=SHOWN)
    """What it belongs to: leads or orders."""
    params: tuple[CustomFieldOption, ...] = ()
    """Its choices; the vendor's example shows some for a text field too."""
    sort: int | None = None
    """Place of the field among the others."""
    extra: Mapping[str, JsonValue] = field(factory=dict, hash=False)
    """Fields this version does not know, by the vendor's name."""
