"""How the rows of long lists hang together: whose lead, whose call, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, Protocol

from liner_async.testing.bodies import render
from liner_async.testing.history import History, stamp
from liner_async.testing.source import Relation, Source

__all__ = ["RELATIONS", "Others"]

_EXTERNAL_IDS: Final = {
    "externalIdBitrix24": b'"B24-%03d"',
    "externalIdAmo": b'"AMO-%03d"',
    "externalIdMacro": b'"MACRO-%03d"',
    "externalIdDomoplaner": b'"DP-%03d"',
}
_PHONES: Final = 10_000_000


class Others(Protocol):
    """The world, as the rows of one kind see it."""

    history: History
    archived_orders: int

    def source(self, kind: str) -> Source:
        """Return the rows of another kind."""
        ...

    def size(self, kind: str) -> int:
        """Return how many there are of another kind at first."""
        ...


def _orders(world: Others, _: int) -> Relation:
    def code(number: int, hidden: Mapping[str, Any]) -> str | None:
        pattern: str | None = hidden["pattern"]
        return pattern % (number + 1) if pattern and "%" in pattern else pattern

    def known(number: int) -> str | None:
        return code(number, {"pattern": world.source("orders").fact(number, "pattern")})

    return Relation(
        moment=world.history.paced,
        varying={
            "code": lambda number, hidden, _: render(code(number, hidden)),
            "updatedAt": _later("updatedAt"),
        },
        facts={"code": known},
    )


def _leads(world: Others, size: int) -> Relation:
    orders = world.source("orders")
    known_orders = orders.size + world.archived_orders

    def order(number: int) -> int | None:
        return number % known_orders if known_orders else None

    @lru_cache(maxsize=4096)
    def code_of(order: int | None) -> bytes:
        return render(None if order is None else orders.fact(order, "code"))

    def order_id(number: int) -> int | None:
        of = order(number)
        return None if of is None else orders.identity(of)

    return Relation(
        moment=lambda number: world.history.spread(number, size),
        varying={
            **{name: _numbered(name, text) for name, text in _EXTERNAL_IDS.items()},
            "phone": lambda number, hidden, _: _phone(number) if hidden["phone"] else b"null",
            "telegramPhone": lambda number, hidden, _: (
                _phone(number) if hidden["telegramPhone"] else b"null"
            ),
            "planningCallDateTime": _later("planningCallDateTime"),
            "updatedAt": _later("updatedAt"),
            "orderId": lambda number, *_: _rendered(order_id(number)),
            "orderCode": lambda number, *_: code_of(order(number)),
        },
        facts={"orderId": order_id},
    )


def _calls(world: Others, size: int) -> Relation:
    leads, records = world.source("leads"), world.size("call_records")

    def lead(number: int) -> int | None:
        """Return the lead that is called; a lead never comes after its calls."""
        return min(number * leads.size // max(size, 1), leads.size - 1) if leads.size else None

    def lead_id(number: int) -> int | None:
        of = lead(number)
        return None if of is None else leads.identity(of)

    def order_id(number: int) -> object:
        of = lead(number)
        return None if of is None else leads.fact(of, "orderId")

    def has_records(number: int) -> bool:
        """Return whether a record has the call of this number, which `_call_records` decides."""
        record = -(-number * records // max(size, 1))
        return record < records and record * size // records == number

    return Relation(
        moment=lambda number: world.history.spread(number, size),
        varying={
            "leadId": lambda number, *_: _rendered(lead_id(number)),
            "orderId": lambda number, *_: _rendered(order_id(number)),
            "clientPhone": lambda number, *_: _phone(lead(number) or 0),
            "hasRecords": lambda number, *_: b"true" if has_records(number) else b"false",
        },
        facts={"leadId": lead_id, "orderId": order_id},
    )


def _call_records(world: Others, size: int) -> Relation:
    calls = world.source("calls")

    def call(number: int) -> int | None:
        return min(number * calls.size // max(size, 1), calls.size - 1) if calls.size else None

    def call_id(number: int) -> int | None:
        of = call(number)
        return None if of is None else calls.identity(of)

    def of_call(name: str) -> Callable[[int], object]:
        def find(number: int) -> object:
            of = call(number)
            return None if of is None else calls.fact(of, name)

        return find

    def moment(number: int) -> int:
        of = call(number)
        at = None if of is None or number >= size else calls.moment(of)
        return world.history.spread(number, size) if at is None else at

    user_id, lead_id = of_call("userId"), of_call("leadId")
    return Relation(
        moment=moment,
        varying={
            "userId": lambda number, *_: _rendered(user_id(number)),
            "leadId": lambda number, *_: _rendered(lead_id(number)),
            "fileUrl": lambda number, *_: (
                b'"https://example.com/record-%d.mp3"' % number
                if number
                else b'"https://example.com/record.mp3"'
            ),
        },
        facts={"userId": user_id, "leadId": lead_id, "callId": call_id},
    )


RELATIONS: Final[Mapping[str, Callable[[Others, int], Relation]]] = {
    "orders": _orders,
    "leads": _leads,
    "calls": _calls,
    "call_records": _call_records,
}


def _later(name: str) -> Callable[[int, Mapping[str, Any], int], bytes]:
    """Return a time so long after the creation as is hidden in the shape, or null."""

    def value(_: int, hidden: Mapping[str, Any], created: int) -> bytes:
        return b"null" if hidden[name] is None else stamp(created + hidden[name])

    return value


def _numbered(name: str, text: bytes) -> Callable[[int, Mapping[str, Any], int], bytes]:
    return lambda number, hidden, _: text % (number + 1) if hidden[name] else b"null"


def _phone(number: int) -> bytes:
    return b'"+7900%07d"' % ((1_234_567 + 7919 * number) % _PHONES)


def _rendered(value: object) -> bytes:
    return b"%d" % value if type(value) is int else render(value)
