"""Creates and updates, as a server carries them out or fails to."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs
from attrs import frozen

from liner_async.testing.bodies import Content, healthy, render
from liner_async.testing.criteria import Condition, Criteria
from liner_async.testing.history import moment_of, stamp
from liner_async.testing.validation import problem_of

if TYPE_CHECKING:
    from liner_async.testing.collection import Verb
    from liner_async.testing.endpoint import Endpoint
    from liner_async.testing.rows import Rows
    from liner_async.testing.wire import Response

__all__ = ["IdForm", "Write", "WriteBook", "Writing"]

IdForm = Literal["object", "bare", "text", "none"]
"""How a create answers: `{"id": 5}`, `5`, `"5"` or null."""

_UNPROCESSABLE: Final = 422
_NOT_FOUND: Final = 404


def _now() -> datetime:
    return datetime.now(UTC)


@frozen(kw_only=True)
class Writing:
    """How writes are answered: options of `FakeLiner`, which documents them."""

    write_status: Literal[200, 201, 202] = 200
    id_form: IdForm = "object"
    submit_delay: float = 0.0
    submit_loss: float = 0.0
    clock: Callable[[], datetime] = _now
    seed: int = 1


@frozen(kw_only=True)
class Write:
    """One write that was read and understood, or refused.

    Attributes:
        endpoint: what was asked for, such as `"leads.create"`.
        body: the JSON of its body, None if it was none.
        id: the object that it made or changed; None of a job, and of what was not applied.
        at: when it was decided on, in seconds of `time.monotonic`.
        applied: whether it was carried out, whatever the client was told; of a job, whether it was
            taken.
    """

    endpoint: str
    body: Any
    id: int | None
    at: float
    applied: bool


class WriteBook:
    """Carries writes out, and logs them; the one place where requests change the world.

    Attributes:
        log: the writes since the last reset, in the order in which they were decided on.
    """

    def __init__(self, writing: Writing, *, orders: Rows) -> None:
        """Take the options, and the orders that leads may belong to."""
        self.log: list[Write] = []
        self._writing = writing
        self._orders = orders
        self._chance = random.Random(f"submit-{writing.seed}")  # noqa: S311 - test data

    def answer(self, endpoint: Endpoint, verb: Verb, item: int | None, body: bytes) -> Response:
        """Carry a write out, or not, and return the client's answer."""
        values = _parsed(body)
        name = f"{endpoint.collection.name}.{verb}"
        if item is not None and endpoint.rows.item(item) is None:
            return self._refuse(endpoint, name, values, _NOT_FOUND, f"there is no item {item}")
        problem = problem_of(endpoint.collection, values, is_new=verb != "update")
        order: Mapping[str, Any] | None = {}
        if problem is None and endpoint.collection.name == "leads" and verb != "update":
            order = _order_of(values, self._orders)
        if problem is not None or order is None:
            return self._refuse(
                endpoint, name, values, _UNPROCESSABLE, problem or "there is no such order"
            )
        fault = endpoint.schedule.next_write(name)
        applied = fault is None or fault.applied
        identity = endpoint.rows.highest + 1 if verb == "create" else item
        if applied:
            self._carry_out(endpoint, verb, item, {**values, **order})
        self._log(name, values, identity if applied else None, applied=applied)
        content = Content(rows=(self._told(verb, identity),), shape="item")
        response = healthy(content) if fault is None else fault.response(content)
        if fault is None or fault.replacement is None:
            return attrs.evolve(response, status=self._writing.write_status)
        return response

    def reset(self) -> None:
        """Forget the log; what was written stays."""
        self.log = []

    def _refuse(
        self, endpoint: Endpoint, name: str, values: Any, status: int, message: str
    ) -> Response:
        self._log(name, values, None, applied=False)
        return endpoint.refused(status, message)

    def _log(self, name: str, values: Any, identity: int | None, *, applied: bool) -> None:
        self.log.append(
            Write(endpoint=name, body=values, id=identity, at=time.monotonic(), applied=applied)
        )

    def _carry_out(
        self, endpoint: Endpoint, verb: Verb, item: int | None, values: Mapping[str, Any]
    ) -> None:
        if item is not None:
            changes = _known(endpoint, values) | self._stamps("updatedAt", endpoint)
            endpoint.rows.update(item, changes)
        elif verb == "create":
            endpoint.rows.create(self._new(endpoint, values))
        elif self._chance.random() >= self._writing.submit_loss:
            asyncio.get_running_loop().call_later(
                self._writing.submit_delay, endpoint.rows.create, self._new(endpoint, values)
            )

    def _new(self, endpoint: Endpoint, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return a new item of the vendor's shape; fields that were not given are empty."""
        example = endpoint.collection.example
        item = {name: _empty(value) for name, value in example.items()}
        item |= {"createMethod": "api"} if "createMethod" in example else {}
        return {**item, **_known(endpoint, values), **self._stamps("createdAt", endpoint)}

    def _stamps(self, name: str, endpoint: Endpoint) -> dict[str, Any]:
        if name not in endpoint.collection.example:
            return {}
        now = json.loads(stamp(moment_of(self._writing.clock())))
        return {name: now} | ({"updatedAt": now} if name == "createdAt" else {})

    def _told(self, verb: Verb, identity: int | None) -> bytes:
        if verb != "create" or self._writing.id_form == "none":
            return b"null"
        forms: Mapping[IdForm, object] = {
            "object": {"id": identity},
            "bare": identity,
            "text": str(identity),
        }
        return render(forms[self._writing.id_form])


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _known(endpoint: Endpoint, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that the vendor documents; an empty text clears, as null does."""
    example = endpoint.collection.example
    known = {name: value for name, value in values.items() if name in example and name != "id"}
    return {
        name: _empty(example[name]) if value in (None, "") else value
        for name, value in known.items()
    }


def _empty(example: object) -> object:
    return type(example)() if isinstance(example, list | dict) else None


def _order_of(values: Mapping[str, Any], orders: Rows) -> dict[str, Any] | None:
    """Return the id and the code of a new lead's order, None if there is no such order."""
    row = None
    if values.get("orderId"):
        row = orders.item(values["orderId"])
    else:
        code = Condition(field="code", values=frozenset({values["orderCode"]}))
        found = orders.select(Criteria(conditions=(code,))).page(0, 1)
        row = next(iter(orders.rendered(found)), None)
    if row is None:
        return None
    order = json.loads(row)
    return {"orderId": order["id"], "orderCode": order.get("code")}
