"""For tests: a fake LINER (a real HTTP server on loopback), its data and faults, and models."""

from liner_async.testing.bodies import MISSING
from liner_async.testing.data import fake_orders
from liner_async.testing.examples import (
    EXAMPLE_CALL_ATTEMPT_GROUP,
    EXAMPLE_CUSTOM_FIELD,
    EXAMPLE_ORDER,
    ORDER_FIELDS,
    make_call_attempt_group,
    make_custom_field,
    make_order,
)
from liner_async.testing.faults import PASSING_FAULTS, Fault
from liner_async.testing.models import (
    a_call_attempt_group,
    a_custom_field,
    a_page,
    a_result,
    an_order,
)
from liner_async.testing.process import FakeLinerProcess
from liner_async.testing.rows import Change
from liner_async.testing.server import FakeLiner
from liner_async.testing.traffic import Request, Stats

__all__ = [
    "EXAMPLE_CALL_ATTEMPT_GROUP",
    "EXAMPLE_CUSTOM_FIELD",
    "EXAMPLE_ORDER",
    "MISSING",
    "ORDER_FIELDS",
    "PASSING_FAULTS",
    "Change",
    "FakeLiner",
    "FakeLinerProcess",
    "Fault",
    "Request",
    "Stats",
    "a_call_attempt_group",
    "a_custom_field",
    "a_page",
    "a_result",
    "an_order",
    "fake_orders",
    "make_call_attempt_group",
    "make_custom_field",
    "make_order",
]
