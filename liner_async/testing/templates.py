"""The rows of long lists as byte templates: the vendor's example first, then a cycle of shapes."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from attrs import frozen

from liner_async.testing.bodies import render
from liner_async.testing.examples import (
    EXAMPLE_CALL,
    EXAMPLE_CALL_RECORD,
    EXAMPLE_LEAD,
    EXAMPLE_ORDER,
)
from liner_async.testing.history import SECOND
from liner_async.testing.shapes import SHAPES, Ids, Shape

__all__ = ["Template", "existing", "template", "varying_fields"]

# A prime number of shapes: no page size divides it, so pages never look alike.
_COUNT: Final = 499


@frozen(kw_only=True)
class _Kind:
    """A kind's example: what varies from row to row, what refers to others, what is not shown."""

    example: Mapping[str, Any]
    varying: tuple[str, ...]
    references: Mapping[str, str]
    hidden: Mapping[str, Any]


_EXTERNAL_IDS: Final = (
    "externalIdBitrix24",
    "externalIdAmo",
    "externalIdMacro",
    "externalIdDomoplaner",
)
_KINDS: Final[Mapping[str, _Kind]] = {
    "orders": _Kind(
        example=EXAMPLE_ORDER,
        varying=("id", "code", "createdAt", "updatedAt"),
        references={
            "agentUserIds": "users",
            "agentGroupIds": "agent_groups",
            "callAttemptsGroupId": "call_attempts",
            "sipEndpointIds": "sip_endpoints",
            "customValues": "order_fields",
        },
        hidden={"pattern": "order-%03d", "updatedAt": 0},
    ),
    "leads": _Kind(
        example=EXAMPLE_LEAD,
        varying=(
            "id",
            "phone",
            *_EXTERNAL_IDS,
            "planningCallDateTime",
            "createdAt",
            "updatedAt",
            "orderId",
            "orderCode",
            "telegramPhone",
        ),
        references={"statusId": "lead_statuses", "customValues": "lead_fields"},
        hidden={
            **dict.fromkeys(("phone", "telegramPhone", *_EXTERNAL_IDS), True),
            "planningCallDateTime": 34 * 3600 * SECOND,
            "updatedAt": 0,
        },
    ),
    "calls": _Kind(
        example=EXAMPLE_CALL,
        varying=("id", "leadId", "orderId", "clientPhone", "hasRecords", "createdAt"),
        references={
            "sipEndpointId": "sip_endpoints",
            "userId": "users",
            "statusCode": "call_status_codes",
        },
        hidden={},
    ),
    "call_records": _Kind(
        example=EXAMPLE_CALL_RECORD,
        varying=("id", "userId", "leadId", "fileUrl", "createdAt"),
        references={},
        hidden={"isAmd": False},
    ),
}


@frozen(kw_only=True)
class Template:
    """A row as bytes with a `%b` for each field that varies, and the shape that it has."""

    text: bytes
    shape: Shape


def varying_fields(kind: str) -> tuple[str, ...]:
    """Return the fields whose values a template of this kind takes, in order."""
    return _KINDS[kind].varying


def template(kind: str, number: int, *, seed: int, ids: Ids) -> Template:
    """Return the template of the row with this number; the same arguments, the same template."""
    return _example(kind, ids) if number == 0 else _cycle(kind, seed, ids)[number % _COUNT]


# A suite starts hundreds of servers, nearly all with the same seed and the same ids.
@lru_cache(maxsize=32)
def _cycle(kind: str, seed: int, ids: Ids) -> tuple[Template, ...]:
    rng = random.Random(f"{kind}-{seed}")  # noqa: S311 - test data
    return tuple(_compiled(kind, SHAPES[kind](rng, ids)) for _ in range(_COUNT))


@lru_cache(maxsize=32)
def _example(kind: str, ids: Ids) -> Template:
    of = _KINDS[kind]
    fields = dict(of.example)
    for name, others in of.references.items():
        fields[name] = existing(fields[name], getattr(ids, others))
    return _compiled(kind, Shape(fields=fields, hidden=of.hidden))


def _compiled(kind: str, shape: Shape) -> Template:
    of = _KINDS[kind]
    parts = [
        b'"%s":%s' % (name.encode(), _place(name, of.varying, shape.fields)) for name in of.example
    ]
    return Template(text=b"{%s}" % b",".join(parts), shape=shape)


def _place(name: str, varying: Sequence[str], fields: Mapping[str, Any]) -> bytes:
    return b"%b" if name in varying else render(fields[name]).replace(b"%", b"%%")


def existing(value: Any, ids: Sequence[Any]) -> Any:
    """Return a reference of the example's as it is where it exists, or one that does."""
    if isinstance(value, dict):
        keys = existing([int(key) for key in value], ids)
        return dict(zip(map(str, keys), value.values(), strict=False))
    if isinstance(value, list):
        return value if set(value) <= set(ids) else list(ids[: len(value)])
    return value if value in ids else next(iter(ids), None)
