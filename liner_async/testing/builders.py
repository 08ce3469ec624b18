"""`make_order`, `make_lead`...: the vendor's example of each kind with some fields replaced."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from inspect import Parameter, Signature
from typing import Any, Final

from liner_async.testing.examples import (
    EXAMPLE_AGENT_GROUP,
    EXAMPLE_CALL,
    EXAMPLE_CALL_ATTEMPT_GROUP,
    EXAMPLE_CALL_RECORD,
    EXAMPLE_CALL_STATUS,
    EXAMPLE_CUSTOM_FIELD,
    EXAMPLE_LEAD,
    EXAMPLE_LEAD_STATUS,
    EXAMPLE_ORDER,
    EXAMPLE_SIP_ENDPOINT,
    EXAMPLE_USER,
)

__all__ = [
    "Builder",
    "make_agent_group",
    "make_call",
    "make_call_attempt_group",
    "make_call_record",
    "make_call_status",
    "make_custom_field",
    "make_lead",
    "make_lead_status",
    "make_order",
    "make_sip_endpoint",
    "make_user",
]

Builder = Callable[..., dict[str, Any]]
"""Takes fields by name, and returns the vendor's JSON."""


def _builder(kind: str, example: Mapping[str, Any]) -> Builder:
    """Return a builder of one kind, whose help and completion show the fields of the example."""
    vendors = {re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower(): name for name in example}

    def make(**overrides: object) -> dict[str, Any]:
        item = dict(copy.deepcopy(example))
        named: set[str] = set()
        for name, value in overrides.items():
            field = vendors.get(name, name)
            if field not in example:
                msg = f"the vendor documents no field {name!r} of the {kind}"
                raise TypeError(msg)
            if field in named:
                msg = f"the field {field!r} is given twice"
                raise TypeError(msg)
            named.add(field)
            item[field] = value
        return item

    make.__name__ = make.__qualname__ = f"make_{kind.replace(' ', '_')}"
    make.__doc__ = f"""Return the vendor's example {kind}, as JSON, with some fields replaced.

    A field goes by the vendor's name (``createdAt``) or ours (``created_at``). Values are put in as
    they are, valid or not.

    Raises:
        TypeError: A name that is no documented field, or one field named twice.
    """
    fields = [Parameter(name, Parameter.KEYWORD_ONLY, default=...) for name in vendors]
    make.__signature__ = Signature(fields, return_annotation=dict[str, Any])  # type: ignore[attr-defined]  # for help
    return make


make_order: Final = _builder("order", EXAMPLE_ORDER)
make_lead: Final = _builder("lead", EXAMPLE_LEAD)
make_lead_status: Final = _builder("lead status", EXAMPLE_LEAD_STATUS)
make_call: Final = _builder("call", EXAMPLE_CALL)
make_call_status: Final = _builder("call status", EXAMPLE_CALL_STATUS)
make_call_record: Final = _builder("call record", EXAMPLE_CALL_RECORD)
make_call_attempt_group: Final = _builder("call attempt group", EXAMPLE_CALL_ATTEMPT_GROUP)
make_user: Final = _builder("user", EXAMPLE_USER)
make_agent_group: Final = _builder("agent group", EXAMPLE_AGENT_GROUP)
make_sip_endpoint: Final = _builder("sip endpoint", EXAMPLE_SIP_ENDPOINT)
make_custom_field: Final = _builder("custom field", EXAMPLE_CUSTOM_FIELD)
