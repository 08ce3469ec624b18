"""The exception hierarchy, and that exceptions survive pickling and copying."""

from __future__ import annotations

import builtins
import copy
import pickle
from datetime import UTC, datetime

import pytest

import liner_async
from liner_async import (
    BulkWriteError,
    DecodeError,
    LinerError,
    OutcomeUnknownError,
    TransportTimeoutError,
    errors,
)

TREE = {
    "LinerError": {
        "ConfigError": {},
        "ClientClosedError": {},
        "TransportError": {"TransportTimeoutError": {}},
        "StatusError": {
            "AuthError": {},
            "NotFoundError": {},
            "RateLimitError": {},
            "ServerError": {},
        },
        "ApiError": {},
        "ResponseError": {"DecodeError": {}},
        "PagingError": {"PagingDriftError": {}},
        "OutcomeUnknownError": {},
        "BulkWriteError": {},
    }
}
ATTRIBUTES = {
    "offset": 200,
    "attempts": 3,
    "status": 503,
    "retry_after": 1.5,
    "reason": "because",
}


def below(kind):
    """Return the tree of the SDK's classes below a class."""
    return {
        each.__name__: below(each)
        for each in kind.__subclasses__()
        if each.__module__ == errors.__name__
    }


def walk(kind):
    """Return a class and all its subclasses."""
    return [kind, *(each for child in kind.__subclasses__() for each in walk(child))]


EVERY_KIND = [kind for kind in walk(LinerError) if kind.__module__ == errors.__name__]
every_kind = pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: kind.__name__)


def make(kind, message="went wrong"):
    """Make an error with every attribute set."""
    error = kind(message)
    for name, value in ATTRIBUTES.items():
        setattr(error, name, value)
    if isinstance(error, OutcomeUnknownError):
        error.endpoint, error.sent_at = "leads.create", datetime(2026, 1, 1, tzinfo=UTC)
    if isinstance(error, BulkWriteError):
        error.report = ("each result",)
    if isinstance(error, DecodeError):
        error.index, error.item_id, error.problems = 4, 77, ("id: expected an integer",)
    return error


def test_the_tree_is_the_documented_one():
    """The one root has exactly the documented classes below it."""
    assert {"LinerError": below(LinerError)} == TREE


@pytest.mark.parametrize(
    ("name", "builtin"),
    [("ConfigError", "ValueError"), ("TransportTimeoutError", "TimeoutError")],
)
def test_two_errors_are_also_what_python_would_raise(name, builtin):
    """`except ValueError` and `except TimeoutError` each catch one of the SDK's errors."""
    base = getattr(builtins, builtin)
    assert [kind.__name__ for kind in EVERY_KIND if issubclass(kind, base)] == [name]


def test_every_error_is_public():
    """`__all__` of both the module and the package lists every error."""
    names = sorted(kind.__name__ for kind in EVERY_KIND)
    assert sorted(errors.__all__) == sorted([*names, "ItemProblem", "Outcome"])
    assert set(names) <= set(liner_async.__all__)


@every_kind
def test_every_error_is_documented(kind):
    """Every class has a docstring."""
    assert kind.__doc__


@every_kind
def test_an_error_has_every_attribute_even_where_it_does_not_apply(kind):
    """An attribute that does not apply is None, so a handler need not check for it."""
    error = kind("went wrong")
    known = {name: getattr(error, name) for name in ATTRIBUTES}
    reason = "decode" if kind is DecodeError else None
    outcome = "unknown" if kind is OutcomeUnknownError else None
    assert error.outcome == outcome
    assert known == {**dict.fromkeys(ATTRIBUTES), "reason": reason}
    assert (str(error), error.args) == ("went wrong", ("went wrong",))


@every_kind
@pytest.mark.parametrize(
    "again",
    [
        pytest.param(lambda error: pickle.loads(pickle.dumps(error, 2)), id="oldest pickle"),
        pytest.param(lambda error: pickle.loads(pickle.dumps(error)), id="pickle"),
        pytest.param(copy.copy, id="copy"),
        pytest.param(copy.deepcopy, id="deepcopy"),
    ],
)
def test_an_error_survives_pickling_and_copying(kind, again):
    """A copy has the same type, text, attributes and notes."""
    error = make(kind)
    error.add_note("seen in a worker")
    twin = again(error)
    assert type(twin) is kind
    assert (str(twin), repr(twin), vars(twin)) == (str(error), repr(error), vars(error))


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({}, "went wrong"),
        ({"offset": 0}, "went wrong (offset 0)"),
        ({"attempts": 5}, "went wrong (attempts 5)"),
        ({"offset": 200, "attempts": 5}, "went wrong (offset 200, attempts 5)"),
        ({"status": 503, "retry_after": 3.0, "reason": "x"}, "went wrong"),
    ],
    ids=["nothing", "offset", "attempts", "both", "others"],
)
def test_the_text_shows_offset_and_attempts_if_they_are_known(context, expected):
    """The text ends with the offset and the attempts, if they are known."""
    assert str(LinerError("went wrong", **context)) == expected


def test_the_text_follows_attributes_set_later():
    """The pager and the transport set attributes on the way, and the text shows them."""
    error = LinerError("went wrong")
    error.offset, error.attempts = 100, 2
    assert str(error) == "went wrong (offset 100, attempts 2)"


def test_an_error_stripped_of_its_arguments_still_has_a_text():
    """`str` works even after a framework has cleared `args`."""
    error = LinerError("went wrong", offset=5)
    error.args = ()
    assert str(error) == " (offset 5)"


def test_a_decode_error_names_its_place():
    """Index, id, field paths and offset of the item are attributes as well as text."""
    error = DecodeError("bad", index=4, item_id=77, problems=("id: bad",), offset=100, attempts=2)
    assert (error.index, error.item_id, error.problems) == (4, 77, ("id: bad",))
    assert str(error) == "bad (offset 100, attempts 2)"
    plain = DecodeError("bad")
    assert (plain.index, plain.item_id, plain.problems) == (None, None, ())


def test_an_unknown_outcome_has_a_text_that_says_all():
    """It names request and attempts itself, and so they are not added."""
    error = OutcomeUnknownError("look first", attempts=3)
    error.method, error.path = "POST", "/v2/lead/create/"
    assert str(error) == "look first"


def test_a_timeout_has_no_errno():
    """TransportTimeoutError is a TimeoutError without an `errno`."""
    assert TransportTimeoutError("late").errno is None
