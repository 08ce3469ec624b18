"""Custom fields: `GET /v2/custom-field/` (vendor page `/devs/api/v2/custom-field/list/`)."""

from __future__ import annotations

from typing import Literal, Unpack

from liner_async._codec.query import choice_pairs
from liner_async._paging.options import PlainListOptions
from liner_async._paging.pager import Pager
from liner_async.models import CustomField, Essence
from liner_async.resources.base import Resource
from liner_async.resources.matching import matches
from liner_async.resources.signature import spelled_out

__all__ = ["CustomFields"]


class CustomFields(Resource[CustomField]):
    """The fields that an installation adds to its leads and orders; they come in one answer."""

    name = "custom_fields"
    model = CustomField

    @spelled_out(PlainListOptions)
    def list(
        self,
        *,
        essence: Essence | Literal["leads", "orders"] | None = None,
        **options: Unpack[PlainListOptions],
    ) -> Pager[CustomField]:
        """Return the list of custom fields, to be iterated or awaited; no request is sent yet.

        Args:
            essence: only the fields of leads or of orders; None for all.
            **options: see `Pager`.

        Raises:
            ConfigError: an argument is out of its range.
        """
        return self._list(
            options,
            filters=choice_pairs("essence", essence, Essence),
            accepts=matches(essence=essence),
        )
