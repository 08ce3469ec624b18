"""A fake LINER for tests: a real HTTP server on loopback, its data and its faults."""

from liner_async.testing.data import fake_orders
from liner_async.testing.example import EXAMPLE_ORDER, ORDER_FIELDS, make_order
from liner_async.testing.faults import MISSING, Fault
from liner_async.testing.process import FakeLinerProcess
from liner_async.testing.rows import Change
from liner_async.testing.schedule import PASSING_FAULTS
from liner_async.testing.server import FakeLiner
from liner_async.testing.traffic import Request, Stats

__all__ = [
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
    "fake_orders",
    "make_order",
]
