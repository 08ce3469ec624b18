"""FakeLiner's options as JSON text, for a server in another process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypedDict

import attrs

from liner_async.testing.answers import Answer
from liner_async.testing.delivery import Delivery
from liner_async.testing.editing import MISSING, PageEdit
from liner_async.testing.faults import Fault
from liner_async.testing.rows import Change

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from liner_async.testing.schedule import Faults

__all__ = ["FakeLinerOptions", "options_from_json", "options_to_json"]

_TAGGED: Final[Mapping[str, type]] = {
    "$answer": Answer,
    "$change": Change,
    "$delivery": Delivery,
    "$edit": PageEdit,
    "$fault": Fault,
}
_TAGS: Final = {kind: tag for tag, kind in _TAGGED.items()}


class FakeLinerOptions(TypedDict, total=False):
    """The keyword arguments of `FakeLiner` that are data: no functions, no TLS context."""

    total: int
    orders: Sequence[dict[str, Any]] | None
    seed: int
    api_key: str
    latency: float
    rate_limit: float | None
    faults: Faults | None
    fault_rate: float
    fault_kinds: Sequence[Fault]
    changes: Sequence[Change]
    max_limit: int
    default_limit: int
    host: str
    port: int
    prefix: str
    keep_alive: bool
    requests_per_connection: int | None
    ignore_offset: bool
    ignore_limit: bool
    unstable_order: bool
    total_override: int | None


def options_to_json(options: FakeLinerOptions) -> str:
    """Return the options as one line of JSON.

    Raises:
        TypeError: An unknown option, or a value that is no data, such as a function.
    """
    unknown = sorted(options.keys() - FakeLinerOptions.__annotations__.keys())
    if unknown:
        msg = f"no such option of FakeLiner in another process: {', '.join(unknown)}"
        raise TypeError(msg)
    return json.dumps(options, default=_tagged)


def options_from_json(text: str) -> FakeLinerOptions:
    """Return the options that `options_to_json` wrote."""
    options: FakeLinerOptions = json.loads(text, object_hook=_untagged)
    faults: Any = options.get("faults")
    if faults is not None:
        # JSON knows only text as a key: "100", "any" and, for None, "null".
        names: dict[str, Any] = {"any": "any", "null": None}
        options["faults"] = {
            names[key] if key in names else int(key): fault for key, fault in faults.items()
        }
    return options


def _tagged(value: object) -> dict[str, object]:
    if value is MISSING:
        return {"$missing": True}
    if isinstance(value, bytes):
        return {"$bytes": value.decode("latin-1")}
    if isinstance(value, Answer | Change | Delivery | Fault | PageEdit):
        return {_TAGS[type(value)]: attrs.asdict(value, recurse=False)}
    msg = f"a {type(value).__name__} cannot travel to a server in another process"
    raise TypeError(msg)


def _untagged(values: dict[str, Any]) -> Any:
    if len(values) != 1:
        return values
    [(tag, content)] = values.items()
    if tag == "$missing":
        return MISSING
    if tag == "$bytes":
        return content.encode("latin-1")
    if tag not in _TAGGED:
        return values
    if tag == "$edit" and content["row_edit"] is not None:
        content["row_edit"] = {int(index): edit for index, edit in content["row_edit"].items()}
    if tag == "$edit":
        content["php"] = tuple(content["php"])
    return _TAGGED[tag](**content)
